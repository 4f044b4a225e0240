using System.Text;
using System.Text.Json;
using Graft.Text;

namespace Graft.Tests.Text;

[SideBySide]
public sealed class ClipTokenizerTests
{
    private static string Folder => Shared.PathOf("data", "clip-tokenizer");

    private static string List => Shared.PathOf("data", "weights", "clip-bpe", "bpe_simple_vocab_16e6.txt.gz");

    [SharedTheory]
    [InlineData("defect", new[] { 49406, 44013, 49407 })]
    [InlineData("coil", new[] { 49406, 25307, 49407 })]
    [InlineData("dust", new[] { 49406, 8349, 49407 })]
    [InlineData("discoloration", new[] { 49406, 1472, 562, 523, 656, 49407 })]
    [InlineData("person", new[] { 49406, 2533, 49407 })]
    [InlineData("fragmentation", new[] { 49406, 13093, 9512, 49407 })]
    [InlineData("a photo of a broken bottle.", new[] { 49406, 320, 1125, 539, 320, 5107, 5392, 269, 49407 })]
    [InlineData("It's 42 cracks!", new[] { 49406, 585, 568, 275, 273, 21426, 256, 49407 })]
    [InlineData("", new[] { 49406, 49407 })]
    [InlineData(" ", new[] { 49406, 49407 })]
    public void ReferenceVectors_AreReproduced(string text, int[] expected)
    {
        Assert.Equal(expected, ClipTokenizer.Load(Folder).Encode(text));
        Assert.Equal(expected, ClipTokenizer.Load(List).Encode(text));
    }

    [SharedFact]
    public void GoldenTokenisations_AreReproduced()
    {
        ClipTokenizer folder = ClipTokenizer.Load(Folder), list = ClipTokenizer.Load(List);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(List)!, "golden.json")));
        int cases = 0;
        foreach (JsonElement given in golden.RootElement.EnumerateArray())
        {
            string text = given.GetProperty("text").GetString()!;
            int[] expected = [.. given.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(expected, list.Tokenize(text));
            Assert.Equal(expected, folder.Tokenize(text.Replace("&amp;", "&", StringComparison.Ordinal)));   // only CLIP's authors do that
            Assert.Equal(given.GetProperty("decoded").GetString()!.TrimEnd(), folder.Decode(expected));
            cases++;
        }

        Assert.Equal(40, cases);
    }

    [SharedFact]
    public void BothPublishedFormats_HoldTheSameVocabulary()
    {
        ClipTokenizer folder = ClipTokenizer.Load(Folder), list = ClipTokenizer.Load(List);
        Assert.Equal(49408, folder.VocabularySize);
        Assert.Equal(49408, list.VocabularySize);
        Assert.Equal((49406, 49407), (folder.StartId, folder.EndId));
        Assert.Equal((49406, 49407), (list.StartId, list.EndId));
    }

    [SharedTheory, InlineData(true), InlineData(false)]
    public void TokenizerJson_ReadsLikeTheTwoFiles(bool pairs)
    {
        string path = Path.Combine(Path.GetTempPath(), $"graft-{Guid.NewGuid():N}.json");
        try
        {
            string vocabulary = File.ReadAllText(Path.Combine(Folder, "vocab.json"));
            IEnumerable<string> merges = File.ReadLines(Path.Combine(Folder, "merges.txt")).Skip(1).Where(l => l.Length > 0);
            string list = JsonSerializer.Serialize(merges.Select(m => pairs ? (object)m.Split(' ') : m));
            File.WriteAllText(path, $$$"""
                {"added_tokens": [{"id": 49407, "content": "<|endoftext|>", "special": true}],
                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
                 "model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {{{vocabulary}}}, "merges": {{{list}}}}}
                """);
            Assert.Equal([49406, 585, 568, 275, 273, 21426, 256, 49407], ClipTokenizer.Load(path).Encode("It's 42 cracks!"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [SharedFact]
    public void TenThousandStrings_ComeBackAsTheirCanonicalForm()
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(Folder);
        StringMaker strings = new(seed: 5);
        for (int i = 0; i < 10_000; i++)
        {
            string text = strings.Next();
            string decoded = tokenizer.Decode(tokenizer.Tokenize(text));
            Assert.Equal(WithoutSpace(ClipTokenizer.Canonical(text)), WithoutSpace(decoded));
        }

        static string WithoutSpace(string text) => string.Concat(text.EnumerateRunes().Where(r => !Rune.IsWhiteSpace(r)));
    }

    [SharedFact]
    public void LettersBeyondTheBasicPlane_FormOneWord()
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(Folder);
        int[] word = tokenizer.Tokenize("a\U00020000b");
        Assert.NotEqual(word, tokenizer.Tokenize("a \U00020000 b"));
        Assert.Equal(tokenizer.Tokenize("a \U0001F600 b"), tokenizer.Tokenize("a\U0001F600b"));          // an emoji is no letter
    }

    [SharedFact]
    public void StartAndEnd_CanBeSkippedInDecodedText()
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(Folder);
        Assert.Equal("broken bottle", tokenizer.Decode(tokenizer.Encode("Broken  bottle"), skipSpecial: true));
        Assert.Equal("<|startoftext|>dent <|endoftext|>", tokenizer.Decode(tokenizer.Encode("dent")));
    }

    [SharedFact]
    public void CaseAndSpacing_DoNotCount()
        => Assert.Equal(ClipTokenizer.Load(Folder).Encode("missing é screw"), ClipTokenizer.Load(Folder).Encode("  MISSING\t\nE\u0301  Screw "));

    [SharedFact]
    public void PromptThatDoesNotFit_IsNamed()
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(Folder);
        string longest = string.Join(' ', Enumerable.Repeat("dust", 75));
        Assert.Equal(77, tokenizer.Encode(longest).Length);
        GraftException error = Assert.Throws<GraftException>(() => tokenizer.Encode(["scratch", longest + " dust"]));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("dust dust", error.Message, StringComparison.Ordinal);
        Assert.Contains("78 tokens", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void Tables_ArePaddedWithTheEndAndMasked()
    {
        TokenTable table = ClipTokenizer.Load(Folder).Encode(["discoloration", "dust"]);
        Assert.Equal((2, 6), (table.Rows, table.Columns));
        Assert.Equal([49406, 8349, 49407, 49407, 49407, 49407], table.Ids[6..]);
        Assert.Equal([1, 1, 1, 0, 0, 0], table.Mask[6..]);
    }

    [Fact]
    public void MissingVocabulary_IsAnErrorWithAHint()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("graft");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "vocab.json"), "{}");
            GraftException error = Assert.Throws<GraftException>(() => ClipTokenizer.Load(folder.FullName));
            Assert.Equal(Failure.Model, error.Failure);
            Assert.Contains("merges.txt is not", error.Message, StringComparison.Ordinal);
            Assert.Contains("bpe_simple_vocab", error.Hint, StringComparison.Ordinal);
            Assert.Throws<GraftException>(() => ClipTokenizer.Load(Path.Combine(folder.FullName, "nowhere")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("{", "{}")]
    [InlineData("""{"a": "b"}""", "#version: 0.2\n")]
    [InlineData("""{"a": 1, "b": 1}""", "#version: 0.2\n")]
    [InlineData("""{"a": 1}""", "#version: 0.2\na b c\n")]
    [InlineData("""{"a": 1}""", "#version: 0.2\n")]
    public void DamagedVocabulary_IsAModelError(string vocabulary, string merges)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("graft");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "vocab.json"), vocabulary);
            File.WriteAllText(Path.Combine(folder.FullName, "merges.txt"), merges);
            Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => ClipTokenizer.Load(folder.FullName)).Failure);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
