using System.Text;

namespace Graft.Text;

/// <summary>The byte-level BPE tokenizer of Qwen language models: no unknown token, exact round trip, added tokens extracted
/// first.</summary>
public sealed class QwenTokenizer
{
    /// <summary>Qwen's split expression, for folders whose files do not name one.</summary>
    private const string DefaultSplit =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly BytePairEncoder _encoder;
    private readonly AddedTokens _added = new();
    private readonly SplitPattern _words;
    private readonly bool _normalizes;
    private int _nextId;

    private QwenTokenizer(TokenizerParts parts)
    {
        _encoder = new BytePairEncoder(parts);
        _words = new SplitPattern(parts.SplitExpression ?? DefaultSplit, keepsRest: true);
        _normalizes = parts.NormalizesToC;
        foreach (AddedToken token in parts.Added)
        {
            _added.Add(token);
        }

        _nextId = Math.Max(parts.Vocabulary.Values.Max(), parts.Added.Select(a => a.Id).DefaultIfEmpty(-1).Max()) + 1;
    }

    /// <summary>One more than the largest id: the rows that an embedding table needs.</summary>
    public int Count => _nextId;

    /// <summary>The added tokens, in the order of their ids.</summary>
    public IReadOnlyList<AddedToken> Added => [.. _added.All.OrderBy(a => a.Id)];

    /// <summary>Reads <c>tokenizer.json</c>, or <c>vocab.json</c> with <c>merges.txt</c> and <c>tokenizer_config.json</c>.</summary>
    /// <param name="path">Such a file, or a folder that has one.</param>
    public static QwenTokenizer Load(string path)
    {
        string json = Path.Combine(path, "tokenizer.json");            // preferred: it alone names the split expression
        return new QwenTokenizer(TokenizerFiles.Read(File.Exists(json) ? json : path, endOfWord: ""));
    }

    /// <summary>The id of an added token, or null when there is no such token.</summary>
    public int? IdOf(string content) => _added.Find(content)?.Id;

    /// <summary>Adds a token (or finds it) and returns its id; a new one gets the next free id.</summary>
    public int Add(string content, bool special = true)
    {
        if (_added.Find(content) is { } known)
        {
            return known.Id;
        }

        _added.Add(new AddedToken(_nextId, content, special));
        return _nextId++;
    }

    /// <summary>The ids of a text.</summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = new();
        foreach ((string plain, AddedToken? token) in _added.Cut(text))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            foreach (string word in _words.Split(_normalizes ? NormalizationC.Normalize(plain) : plain))
            {
                _encoder.Encode(Encoding.UTF8.GetBytes(word), ids);
            }
        }

        return [.. ids];
    }

    /// <summary>The text of ids; incomplete UTF-8 becomes U+FFFD.</summary>
    /// <param name="ids">Ids below <see cref="Count"/>; ids of rows without a token are an error.</param>
    /// <param name="skipSpecial">Whether to leave out the special ones among the added tokens.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        StringBuilder text = new();
        List<byte> bytes = new();
        foreach (int id in ids)
        {
            if (_added.Find(id) is { } added)
            {
                Flush();
                if (!(added.Special && skipSpecial))
                {
                    text.Append(added.Content);
                }

                continue;
            }

            _encoder.Decode(_encoder.TokenOf(id)
                ?? throw new GraftException(Failure.Data, $"The id {id} is not in the tokenizer's vocabulary of {Count}."), bytes);
        }

        Flush();
        return text.ToString();

        void Flush()
        {
            text.Append(Encoding.UTF8.GetString([.. bytes]));
            bytes.Clear();
        }
    }

    /// <summary>The vocabulary's spelling of an id: byte-alphabet symbols, or an added token's text.</summary>
    public string? TokenOf(int id) => _added.Find(id)?.Content ?? _encoder.TokenOf(id);
}
