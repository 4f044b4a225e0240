namespace Graft.Files;

/// <summary>Command lines to copy from messages and reports: a word that a shell would divide or change is quoted.</summary>
public static class ShellText
{
    private const string Plain = "_-./=:,@%+";

    /// <summary>A word as a shell reads it back.</summary>
    /// <param name="word">An argument, such as a path.</param>
    public static string Quoted(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal)) ? word
            : word.AsSpan().ContainsAny("\"$`\\!") ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"
            : $"\"{word}\"";
    }

    /// <summary>Words as one line.</summary>
    /// <param name="words">The command and its arguments.</param>
    public static string Line(params IEnumerable<string> words) => string.Join(' ', words.Select(Quoted));
}
