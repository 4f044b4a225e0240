using System.Net;
using System.Text;

namespace Graft.Text;

/// <summary>CLIP's tokenizer (arXiv:2103.00020): lower-cased byte-level BPE with an end-of-word mark, 77 tokens at most.</summary>
public sealed class ClipTokenizer
{
    private const string StartText = "<|startoftext|>", EndText = "<|endoftext|>";
    private static readonly SplitPattern Words = new(
        @"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", keepsRest: false, ignoreCase: true);

    private readonly BytePairEncoder _encoder;
    private readonly bool _resolvesHtml;

    private ClipTokenizer(TokenizerParts parts, int contextLength)
    {
        _encoder = new BytePairEncoder(parts);
        _resolvesHtml = parts.ResolvesHtml;
        ContextLength = contextLength;
        VocabularySize = parts.Vocabulary.Count;
        StartId = Special(StartText);
        EndId = Special(EndText);

        int Special(string token) => parts.Vocabulary.TryGetValue(token, out int id)
            ? id
            : parts.Added.FirstOrDefault(a => a.Content == token)?.Id ?? throw parts.Broken($"the vocabulary has no {token}; is it CLIP's?");
    }

    /// <summary>Longest encoded prompt, start and end included.</summary>
    public int ContextLength { get; }

    /// <summary>Number of ids.</summary>
    public int VocabularySize { get; }

    /// <summary>Id that starts every prompt.</summary>
    public int StartId { get; }

    /// <summary>Id that ends every prompt and pads shorter ones.</summary>
    public int EndId { get; }

    /// <summary>Reads <c>vocab.json</c> with <c>merges.txt</c>, <c>tokenizer.json</c>, or CLIP's <c>bpe_simple_vocab_16e6.txt[.gz]</c>.</summary>
    /// <remarks>With the last of them HTML entities in prompts are resolved, as CLIP's authors do; Hugging Face's files leave them alone.</remarks>
    /// <param name="path">Such a file, or a folder that has one.</param>
    /// <param name="contextLength">Longest encoded prompt that the text encoder takes.</param>
    public static ClipTokenizer Load(string path, int contextLength = 77)
    {
        TokenizerParts parts = TokenizerFiles.Read(path, endOfWord: "</w>");
        if (parts.EndOfWord != "</w>")
        {
            throw parts.Broken("the tokenizer has no end-of-word mark \"</w>\"; it is not CLIP's");
        }

        return new ClipTokenizer(parts, contextLength);
    }

    /// <summary>The canonical form of a prompt: NFC, white space collapsed and trimmed, lower case.</summary>
    public static string Canonical(string text)
    {
        StringBuilder canonical = new(text.Length);
        foreach (Rune rune in NormalizationC.Normalize(text).EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune))
            {
                canonical.Append(rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString());   // İ: the only letter whose lower case is longer
            }
            else if (canonical.Length > 0 && canonical[^1] != ' ')
            {
                canonical.Append(' ');
            }
        }

        return canonical.ToString().TrimEnd(' ');
    }

    /// <summary>The ids of a text, without start and end, of any length.</summary>
    public int[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_resolvesHtml)
        {
            text = WebUtility.HtmlDecode(WebUtility.HtmlDecode(text));
        }

        List<int> ids = new();
        foreach (string word in Words.Split(Canonical(text)))
        {
            if (word is StartText or EndText)
            {
                ids.Add(word == StartText ? StartId : EndId);
            }
            else
            {
                _encoder.Encode(Encoding.UTF8.GetBytes(word), ids);
            }
        }

        return [.. ids];
    }

    /// <summary>The ids of a prompt between start and end; a prompt that does not fit is an error that names it.</summary>
    public int[] Encode(string prompt)
    {
        int[] ids = Tokenize(prompt);
        if (ids.Length + 2 > ContextLength)
        {
            string shown = prompt.Length > 80 ? prompt[..(char.IsHighSurrogate(prompt[79]) ? 79 : 80)] + "…" : prompt;
            throw new GraftException(Failure.Data,
                $"The prompt \"{shown}\" has {ids.Length + 2} tokens with start and end; the text encoder takes {ContextLength}.",
                "Shorten the prompt: everything beyond the last position would be lost.");
        }

        return [StartId, .. ids, EndId];
    }

    /// <summary>Encodes prompts into one N×L table, L the longest of them; shorter rows are padded with <see cref="EndId"/>.</summary>
    public TokenTable Encode(IReadOnlyList<string> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        int[][] rows = [.. prompts.Select(Encode)];
        return TokenTable.Pad(rows, EndId);
    }

    /// <summary>The text of ids, with one space between words.</summary>
    /// <param name="ids">Ids of the vocabulary.</param>
    /// <param name="skipSpecial">Whether to leave out start and end.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<byte> bytes = new();
        foreach (int id in ids.Where(id => !skipSpecial || (id != StartId && id != EndId)))
        {
            _encoder.Decode(_encoder.TokenOf(id)
                ?? throw new GraftException(Failure.Data, $"The id {id} is not in the vocabulary of {VocabularySize}."), bytes);
        }

        return Encoding.UTF8.GetString([.. bytes]).TrimEnd(' ');
    }
}
