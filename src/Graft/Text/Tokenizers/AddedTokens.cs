namespace Graft.Text;

/// <summary>The added tokens of a tokenizer; splits a text at them: leftmost first, the longest where several match.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<char, List<AddedToken>> _byFirst = [];
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);

    public IEnumerable<AddedToken> All => _byId.Values;

    public void Add(AddedToken token)
    {
        if (token.Content.Length == 0)
        {
            throw new GraftException(Failure.Model, $"The added token with id {token.Id} has no text.");
        }

        if (_byContent.TryGetValue(token.Content, out AddedToken? known) && known.Id != token.Id)
        {
            throw new GraftException(Failure.Model, $"The added token \"{token.Content}\" has two ids, {known.Id} and {token.Id}.");
        }

        if (_byId.TryGetValue(token.Id, out AddedToken? other) && other.Content != token.Content)
        {
            throw new GraftException(Failure.Model, $"The id {token.Id} has two added tokens, \"{other.Content}\" and \"{token.Content}\".");
        }

        _byId[token.Id] = _byContent[token.Content] = token;
        if (!_byFirst.TryGetValue(token.Content[0], out List<AddedToken>? sameStart))
        {
            _byFirst[token.Content[0]] = sameStart = [];
        }

        sameStart.RemoveAll(t => t.Id == token.Id);
        sameStart.Add(token);
        sameStart.Sort((a, b) => b.Content.Length.CompareTo(a.Content.Length));
    }

    public AddedToken? Find(int id) => _byId.GetValueOrDefault(id);

    public AddedToken? Find(string content) => _byContent.GetValueOrDefault(content);

    /// <summary>The text in order, as plain text (without a token) and added tokens (without text).</summary>
    public IEnumerable<(string Plain, AddedToken? Token)> Cut(string text)
    {
        int done = 0;
        for (int at = 0; at < text.Length;)
        {
            if (MatchAt(text, at) is not { } token)
            {
                at++;
                continue;
            }

            int end = token.StripsLeft ? text.AsSpan(done, at - done).TrimEnd().Length + done : at;
            if (end > done)
            {
                yield return (text[done..end], null);
            }

            yield return ("", token);
            at += token.Content.Length;
            while (token.StripsRight && at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            done = at;
        }

        if (done < text.Length)
        {
            yield return (text[done..], null);
        }
    }

    private AddedToken? MatchAt(string text, int at)
    {
        if (!_byFirst.TryGetValue(text[at], out List<AddedToken>? candidates))
        {
            return null;
        }

        foreach (AddedToken token in candidates)
        {
            int end = at + token.Content.Length;
            bool fits = string.CompareOrdinal(text, at, token.Content, 0, token.Content.Length) == 0;
            if (fits && !(token.WholeWord && (IsWord(text, at - 1) || IsWord(text, end))))
            {
                return token;
            }
        }

        return null;
    }

    private static bool IsWord(string text, int at) => at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');
}
