using System.Text;
using Graft.Text;

namespace Graft.Tests.Text;

[SideBySide]
public sealed class PromptSetTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graft");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void JsonListOfLists_KeepsSynonymsInOrder()
    {
        PromptSet prompts = PromptSet.Load(Write("a.json", """[["scratch", "scuff"], ["dent"]]"""));
        Assert.Equal(["scratch", "dent"], prompts.Names);
        Assert.Equal(["scratch", "scuff"], prompts.Classes[0]);
    }

    [Fact]
    public void FlatJsonTextFileAndList_AreTheSameClasses()
    {
        string[] expected = ["scratch", "missing screw", "Délamination"];
        Assert.Equal(expected, PromptSet.Load(Write("a.json", """["scratch", "missing screw", "Délamination"]""")).Names);
        Assert.Equal(expected, PromptSet.Load(Write("a.txt", "\uFEFFscratch\r\nmissing screw\r\nDélamination\r\n\r\n")).Names);
        Assert.Equal(expected, PromptSet.Open("scratch,  missing screw,Délamination").Names);
    }

    [Theory]
    [InlineData("classes.csv")]
    [InlineData("data.yaml")]
    public void TableOrYaml_IsNoPromptFile(string name)
    {
        using TemporaryFolder folder = new();
        GraftException error = Assert.Throws<GraftException>(() => PromptSet.Open(folder.Write(name, "scratch,dent\n")));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "class 0 has an empty prompt")]
    [InlineData("a, ,b", "class 1 has an empty prompt")]
    [InlineData("scratch,dent, SCRATCH", "classes 0 and 2 have the same prompt")]
    [InlineData("nowhere.json", "no such prompt file")]
    public void BadLists_AreNamed(string list, string expected)
        => Assert.Contains(expected, Assert.Throws<GraftException>(() => PromptSet.Open(list)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[]", "no prompts")]
    [InlineData("[[]]", "class 0 has no prompt")]
    [InlineData("""[["a"], "b", 3]""", "Number as class 2")]
    [InlineData("""[["a", null]]""", "Null among the prompts of class 0")]
    [InlineData("""{"a": 1}""", "a JSON Object")]
    [InlineData("""[["a" """, "not valid JSON")]
    [InlineData("""["\ud800"]""", "not valid Unicode")]
    public void BadJson_IsADataErrorWithTheFileName(string json, string expected)
    {
        GraftException error = Assert.Throws<GraftException>(() => PromptSet.Load(Write("bad.json", json)));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("bad.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherEncodings_AreRefusedWithTheirNameOrPlace()
    {
        Assert.Contains("UTF-16", Refused(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("dent")).ToArray()), StringComparison.Ordinal);
        Assert.Contains("zero bytes", Refused(Encoding.Unicode.GetBytes("dent")), StringComparison.Ordinal);
        Assert.Contains("offset 3 (0xE9) is not UTF-8", Refused(Encoding.Latin1.GetBytes("rayée")), StringComparison.Ordinal);

        string Refused(byte[] bytes)
        {
            string path = Path.Combine(_folder.FullName, "odd.txt");
            File.WriteAllBytes(path, bytes);
            return Assert.Throws<GraftException>(() => PromptSet.Load(path)).Message;
        }
    }

    [Fact]
    public void RepeatedSynonyms_CountOnceAndAreNoted()
    {
        PromptSet prompts = PromptSet.Load(Write("a.json", """[["scratch", "Scratch", "scuff"], ["dent", "scuff"]]"""));
        Assert.Equal(["scratch", "scuff"], prompts.Classes[0]);
        Assert.Equal(["dent", "scuff"], prompts.Classes[1]);
        Assert.Equal(2, prompts.Notes.Count);
    }

    [Fact]
    public void BlankBackgroundAndDuplicates_AreAllowedOnRequest()
    {
        PromptRules rules = new PromptRules { AllowBlank = true, AllowDuplicates = true };
        Assert.Equal(["dent", " ", "dent"], new PromptSet([["dent"], [" "], ["dent"]], rules: rules).Names);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
