using Graft.Synthetic;
using Graft.Text;

namespace Graft.Tests.Synthetic;

/// <summary>Splits as text, presets, and the prompt files of the four tests.</summary>
[SideBySide]
public sealed class SyntheticSplitTests
{
    [Fact]
    public void Texts_AreRead_AndFollowOneAnother()
    {
        Assert.Equal(
            [("train", 7UL, 20), ("val", 27UL, 5), ("far", 900_000UL, 3), ("last_1-b", 900_003UL, 1)],
            SyntheticSplit.ParseAll(["train=20", "val=5", "far=3@900000", "last_1-b=1"], 7).Select(split => (split.Name, split.Offset, split.Count)));
        Assert.Equal(ulong.MaxValue, SyntheticSplit.ParseAll(["a=1@18446744073709551615"])[0].Offset);
    }

    [Theory]
    [InlineData("train", "NAME=COUNT")]
    [InlineData("=3", "NAME=COUNT")]
    [InlineData("../x=3", "letters")]
    [InlineData("a=0", "1 to 10000000")]
    [InlineData("a=-1", "'-1'")]
    [InlineData("a=1e3", "'1e3'")]
    [InlineData("a=3@", "offset")]
    [InlineData("a=3@1.5", "'1.5'")]
    [InlineData("a=3@18446744073709551616", "offset")]
    [InlineData("a=3 A=2", "named 'a'")]
    [InlineData("a=10@5 b=10@14", "share images")]
    [InlineData("a=10@14 b=10@5", "share images")]
    [InlineData("a=2@18446744073709551615 b=1@0", "share images")]
    public void Mistakes_AreNamed(string texts, string expected)
    {
        GraftException error = Assert.Throws<GraftException>(() => SyntheticSplit.ParseAll(texts.Split(' ')));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(expected, error.Message + error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_ShareNoImage()
    {
        SyntheticSplit[] all = [.. SyntheticPresets.Demo.Concat(SyntheticPresets.Train).Concat(SyntheticPresets.Tests).OrderBy(split => split.Offset)];
        Assert.Equal([32, 16, 8_000, 500, 500, 500, 500], all.Select(split => split.Count));
        Assert.Equal([1_000UL, 1_032, 10_000, 400_000, 500_000, 900_000, 1_300_000], all.Select(split => split.Offset));
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.Offset + (ulong)pair.First.Count <= pair.Second.Offset));
        Assert.Equal([8, 6, 14], SyntheticPresets.Tests.Select(split => split.Options.Classes.Count));
    }

    [Fact]
    public void Queries_AskOnlyForUntrainedTexts_InTheOrderOfTheIds()
    {
        Dictionary<string, IReadOnlyList<IReadOnlyList<string>>> files = SyntheticQueries.Of(SyntheticVocabulary.Classes).ToDictionary(file => file.Name, file => file.Prompts);
        Assert.Equal(
            ["base.json", "lexical.json", "lexical_1.json", "lexical_2.json", "lexical_3.json", "mixed.json", "novel_descriptions.json", "novel_names.json"],
            files.Keys.Order(StringComparer.Ordinal));
        HashSet<string> trained = [.. SyntheticVocabulary.Base.SelectMany(c => c.Prompts)];
        foreach ((string name, IReadOnlyList<IReadOnlyList<string>> prompts) in files)
        {
            Assert.Empty(new PromptSet(prompts, name).Notes);
            Assert.Equal(name.StartsWith("novel", StringComparison.Ordinal) ? 6 : name == "mixed.json" ? 14 : 8, prompts.Count);
            Assert.True(name is "base.json" or "mixed.json" || !prompts.SelectMany(texts => texts).Any(trained.Contains), name);
        }

        Assert.Equal(SyntheticVocabulary.Base.Select(c => c.Name), files["base.json"].Select(texts => texts.Single()));
        Assert.Equal(["scrape", "ding", "puncture"], files["lexical_1.json"].Take(3).Select(texts => texts.Single()));
        Assert.Equal(["base.json", "lexical.json"], SyntheticQueries.Of([.. SyntheticVocabulary.Base.Take(2)]).Select(file => file.Name).Take(2));
        Assert.Equal(["novel_names.json", "novel_descriptions.json"], SyntheticQueries.Of([SyntheticVocabulary.Classes[^1]]).Select(file => file.Name));
    }
}
