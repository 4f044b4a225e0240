namespace Graft.Bench;

/// <summary>The <c>name=value</c> arguments after an entry's name.</summary>
internal sealed class Settings
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = [];

    internal Settings(IEnumerable<string> words)
    {
        foreach (string word in words)
        {
            string[] parts = word.Split('=', 2);
            _values[parts[0]] = parts.Length == 2 ? parts[1] : throw Wrong($"'{word}' is not of the form name=value.");
        }
    }

    internal string Text(string name, string otherwise)
    {
        _asked.Add(name);
        return _values.GetValueOrDefault(name, otherwise);
    }

    internal int Integer(string name, int otherwise)
        => int.TryParse(Text(name, $"{otherwise}"), out int value) ? value : throw Wrong($"{name} must be a whole number.");

    /// <summary>Refuses names that the entry does not use.</summary>
    internal void Finish()
    {
        if (_values.Keys.FirstOrDefault(name => !_asked.Contains(name)) is { } name)
        {
            throw Wrong($"There is no setting '{name}'; known are {string.Join(", ", _asked)}.");
        }
    }

    private static GraftException Wrong(string message) => new(Failure.Usage, message);
}
