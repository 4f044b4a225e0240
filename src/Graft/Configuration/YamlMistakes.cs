namespace Graft.Configuration;

/// <summary>Finds the most common mistakes in text that a YAML parser refuses: open brackets and tabs as indentation.</summary>
internal static class YamlMistakes
{
    /// <summary>The line of the mistake and what it is; null when none of these is found.</summary>
    /// <param name="text">The text.</param>
    /// <param name="noticed">The line, from 1, at which the parser stopped.</param>
    public static (long Line, string What)? Find(string text, long noticed)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length && i <= noticed; i++)
        {
            string indentation = lines[i][..(lines[i].Length - lines[i].TrimStart(' ', '\t').Length)];
            if (indentation.Contains('\t', StringComparison.Ordinal) && indentation.Length < lines[i].Length)
            {
                return (i + 1, "tabs cannot indent YAML; use spaces.");
            }
        }

        return Bracket(lines);
    }

    private static (long Line, string What)? Bracket(string[] lines)
    {
        Stack<(char Open, long Line)> open = [];
        for (int i = 0; i < lines.Length; i++)
        {
            char before = '\n', quote = '\0';
            for (int at = 0; at < lines[i].Length; at++)
            {
                char c = lines[i][at];
                if (quote != '\0')
                {
                    at += quote == '"' && c == '\\' ? 1 : 0;
                    quote = c == quote ? '\0' : quote;
                }
                else if (c == '#' && (at == 0 || char.IsWhiteSpace(lines[i][at - 1])))
                {
                    break;
                }
                else if (c is '"' or '\'' && before is '\n' or ':' or ',' or '-' or '[' or '{')
                {
                    quote = c;
                }
                else if (c is '[' or '{' && (open.Count > 0 || before is '\n' or ':' or '-'))
                {
                    open.Push((c, i + 1));
                }
                else if (c is ']' or '}' && open.Count > 0)
                {
                    (char opened, long line) = open.Pop();
                    if ((opened == '[') != (c == ']'))
                    {
                        return (line, $"the '{opened}' is not closed (line {i + 1} has '{c}').");
                    }
                }
                else if (c is ']' or '}' && before is '\n' or ':' or ',')
                {
                    return (i + 1, $"the '{c}' closes nothing.");
                }

                before = char.IsWhiteSpace(c) ? before : c;
            }
        }

        return open.Count > 0 ? (open.Last().Line, $"the '{open.Last().Open}' is not closed.") : null;
    }
}
