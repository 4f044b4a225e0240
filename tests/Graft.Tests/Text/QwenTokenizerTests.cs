using System.Text.Json;
using Graft.Text;
using Graft.VisionLanguage;

namespace Graft.Tests.Text;

[SideBySide]
public sealed class QwenTokenizerTests
{
    private static string Folder => Shared.PathOf("golden", "panovlm", "tokenizer");

    [SharedTheory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_pair_merges.json")]
    [InlineData("vocab.json")]
    [InlineData("")]
    public void GoldenCases_AreReproducedFromEveryFormat(string file)
    {
        QwenTokenizer tokenizer = QwenTokenizer.Load(Path.Combine(Folder, file));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
        foreach (JsonElement given in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            int[] ids = Integers(given.GetProperty("ids"));
            Assert.Equal(ids, tokenizer.Encode(given.GetProperty("text").GetString()!));
            Assert.Equal(given.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()), ids.Select(tokenizer.TokenOf));
            Assert.Equal(given.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
            Assert.Equal(given.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(ids, skipSpecial: true));
        }

        JsonElement incomplete = golden.RootElement.GetProperty("incomplete_utf8");
        Assert.Equal(incomplete.GetProperty("decoded").GetString(), tokenizer.Decode(Integers(incomplete.GetProperty("ids"))));
    }

    [SharedFact]
    public void GoldenChat_IsReproduced()
    {
        QwenTokenizer tokenizer = QwenTokenizer.Load(Folder);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "chat_expected.json")));
        string Text(string name) => golden.RootElement.GetProperty(name).GetString()!;

        string prompt = ChatTemplate.Prompt(Text("system"), "<|vision|>\n" + Text("user"));
        Assert.Equal(Text("generation_prompt"), prompt);
        Assert.Equal(Integers(golden.RootElement.GetProperty("generation_ids")), tokenizer.Encode(prompt));

        (int[] ids, int[] labels) = ChatTemplate.Training(tokenizer, Text("system"), Text("user"), Text("assistant"));
        Assert.Equal(Integers(golden.RootElement.GetProperty("training_ids")), ids);
        Assert.Equal(Integers(golden.RootElement.GetProperty("training_labels")), labels);
        Assert.Equal(Text("training_text"), tokenizer.Decode(ids));
    }

    [SharedFact]
    public void TenThousandStrings_ComeBackInNormalizationFormC()
    {
        QwenTokenizer tokenizer = QwenTokenizer.Load(Folder);
        StringMaker strings = new(seed: 9);
        for (int i = 0; i < 10_000; i++)
        {
            string text = strings.Next();
            Assert.Equal(NormalizationC.Normalize(text), tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [SharedFact]
    public void NewToken_GetsTheNextFreeId()
    {
        QwenTokenizer tokenizer = QwenTokenizer.Load(Folder);
        Assert.Equal(440, tokenizer.Add("<|vision|>"));
        Assert.Equal(441, tokenizer.Count);
        Assert.Equal(441, tokenizer.Add("<|depth|>"));
        Assert.Equal([441, 64], tokenizer.Encode("<|depth|>a"));
        Assert.Equal("a", tokenizer.Decode([441, 64], skipSpecial: true));
        Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => tokenizer.Decode([442])).Failure);
    }

    [SharedTheory]
    [InlineData("\"type\": \"NFC\"", "\"type\": \"NFKC\"", "NFKC")]
    [InlineData("\"byte_fallback\": false", "\"byte_fallback\": true", "byte_fallback")]
    [InlineData("\"type\": \"BPE\"", "\"type\": \"Unigram\"", "Unigram")]
    public void WhatWouldChangeTheIds_IsRefusedByName(string was, string becomes, string named)
    {
        string text = File.ReadAllText(Path.Combine(Folder, "tokenizer.json"));
        string path = Path.Combine(Path.GetTempPath(), $"graft-{Guid.NewGuid():N}.json");
        try
        {
            string changed = text.Replace(was, becomes, StringComparison.Ordinal);
            Assert.NotEqual(text, changed);
            File.WriteAllText(path, changed);
            Assert.Contains(named, Assert.Throws<GraftException>(() => QwenTokenizer.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];
}
