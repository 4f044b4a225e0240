using System.Text;

namespace Graft.Text;

/// <summary>Byte-pair encoding (arXiv:1508.07909) over bytes: merges the adjacent pair of lowest rank until none is left.</summary>
internal sealed class BytePairEncoder
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Joined)> _merges;
    private readonly Dictionary<int, string> _tokens;
    private readonly int[] _byteIds = new int[256];
    private readonly int[] _lastByteIds = new int[256];
    private readonly string _endOfWord;

    /// <summary>Builds the encoder; every byte, and every merge's two parts and result, must be in the vocabulary.</summary>
    public BytePairEncoder(TokenizerParts parts)
    {
        _endOfWord = parts.EndOfWord;
        _tokens = new Dictionary<int, string>(parts.Vocabulary.Count);
        foreach ((string token, int id) in parts.Vocabulary)
        {
            if (!_tokens.TryAdd(id, token))
            {
                throw parts.Broken($"the id {id} belongs to two tokens, \"{_tokens[id]}\" and \"{token}\"");
            }
        }

        for (int value = 0; value < 256; value++)
        {
            string symbol = ByteAlphabet.Symbol((byte)value).ToString();
            _byteIds[value] = IdOf(symbol);
            _lastByteIds[value] = IdOf(symbol + _endOfWord);
        }

        _merges = new Dictionary<(int, int), (int, int)>(parts.Merges.Count);
        for (int rank = 0; rank < parts.Merges.Count; rank++)
        {
            (string left, string right) = parts.Merges[rank];
            _merges.TryAdd((IdOf(left), IdOf(right)), (rank, IdOf(left + right)));     // the first, lowest rank wins
        }

        int IdOf(string token) => parts.Vocabulary.TryGetValue(token, out int id)
            ? id
            : throw parts.Broken($"the vocabulary has no token \"{token}\", which a byte or a merge needs");
    }

    /// <summary>The vocabulary's spelling of an id, or null when there is no such id.</summary>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);

    /// <summary>Appends the ids of one word, given as UTF-8 bytes; time grows as n·log n, so very long words are safe.</summary>
    public void Encode(ReadOnlySpan<byte> word, List<int> ids)
    {
        int count = word.Length;
        if (count == 0)
        {
            return;
        }

        int[] symbols = new int[count], next = new int[count], previous = new int[count];
        for (int i = 0; i < count; i++)
        {
            (symbols[i], next[i], previous[i]) = (i == count - 1 ? _lastByteIds[word[i]] : _byteIds[word[i]], i + 1, i - 1);
        }

        PriorityQueue<(int At, int Left, int Right, int Joined), (int Rank, int At)> queue = new();
        for (int i = 0; i < count - 1; i++)
        {
            Offer(i);
        }

        while (queue.TryDequeue(out (int At, int Left, int Right, int Joined) pair, out _))
        {
            int right = next[pair.At];
            if (symbols[pair.At] != pair.Left || right == count || symbols[right] != pair.Right)
            {
                continue;                                   // one of the two was merged with another symbol
            }

            symbols[pair.At] = pair.Joined;
            symbols[right] = -1;
            next[pair.At] = next[right];
            if (next[right] < count)
            {
                previous[next[right]] = pair.At;
                Offer(pair.At);
            }

            if (previous[pair.At] >= 0)
            {
                Offer(previous[pair.At]);
            }
        }

        for (int i = 0; i < count; i = next[i])
        {
            ids.Add(symbols[i]);
        }

        void Offer(int at)
        {
            (int left, int right) = (symbols[at], symbols[next[at]]);
            if (_merges.TryGetValue((left, right), out (int Rank, int Joined) merge))
            {
                queue.Enqueue((at, left, right, merge.Joined), (merge.Rank, at));
            }
        }
    }

    /// <summary>Appends the bytes that a token stands for; an end of word becomes a space.</summary>
    public void Decode(string token, List<byte> bytes)
    {
        bool endsWord = _endOfWord.Length > 0 && token.EndsWith(_endOfWord, StringComparison.Ordinal);
        foreach (char symbol in endsWord ? token.AsSpan(0, token.Length - _endOfWord.Length) : token)
        {
            if (ByteAlphabet.TryByte(symbol, out byte value))
            {
                bytes.Add(value);
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes([symbol]));
            }
        }

        if (endsWord)
        {
            bytes.Add((byte)' ');
        }
    }
}
