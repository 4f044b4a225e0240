using Graft.Configuration;

namespace Graft.Tests.Configuration;

public class YamlReaderTests
{
    [Theory]
    [InlineData("a: 1\nb: [x, y\nc: 2\nd: e\n", ":2: is not valid YAML: the '[' is not closed")]
    [InlineData("a: 1\nnames: [dent,\n  scratch\ntrain: images\n", ":2: is not valid YAML: the '[' is not closed")]
    [InlineData("a: {b: [1, 2}\n", ":1: is not valid YAML: the '[' is not closed (line 1 has '}')")]
    [InlineData("a:\n\tb: 1\n", ":2: is not valid YAML: tabs cannot indent YAML; use spaces")]
    [InlineData("a: 1\na: 2\n", ":2: is not valid YAML: the key 'a' is there twice (first in line 1)")]
    [InlineData("a: 1\n---\na: 2\n", ":2: holds a second document")]
    [InlineData("a: *b\n", ":1: refers to '*b', which is not defined above")]
    [InlineData("a: &b [1, *b]\n", ":1: has a value that contains itself through an anchor")]
    [InlineData("? [1, 2]\n: 3\n", ":1: has a key that is not plain text")]
    [InlineData("- a\n- b\n", ":1: found a list, expected keys with values")]
    public void Slips_AreNamedWithTheirLine(string yaml, string words)
        => Assert.Contains("data.yaml" + words, Fails(yaml).Message, StringComparison.Ordinal);

    [Fact]
    public void DeepNesting_IsRefused()
        => Assert.Contains("is nested deeper than 100 levels", Fails("a: " + new string('[', 100_000)).Message, StringComparison.Ordinal);

    [Fact]
    public void AliasesThatGrow_AreRefused()
    {
        string[] lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]",
            .. Enumerable.Range(1, 9).Select(i => $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 10))}]")];
        Assert.Contains("has more than 1000000 values", Fails(string.Join('\n', lines)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_AreRead()
    {
        ConfigMap map = YamlReader.ReadText("a: &x [1, 2]\nb: *x\n", "data.yaml");
        Assert.Equal(2, Assert.IsType<ConfigList>(map["b"]).Items.Count);
    }

    [Theory]
    [InlineData("[a, b", "the value is not valid YAML: the '[' is not closed")]
    [InlineData("a: b: c", "the value is not valid YAML")]
    [InlineData("*all", "the value refers to '*all'")]
    public void ValuesOfTheCommandLine_AreNamed(string value, string words)
    {
        GraftException error = Assert.Throws<GraftException>(() => YamlReader.ReadValue(value, "train.classes"));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.StartsWith($"train.classes={value}: {words}", error.Message, StringComparison.Ordinal);
    }

    private static GraftException Fails(string yaml)
    {
        GraftException error = Assert.Throws<GraftException>(() => YamlReader.ReadText(yaml, "data.yaml", Failure.Data));
        Assert.Equal(Failure.Data, error.Failure);
        return error;
    }
}
