using System.Text;
using Graft.Files;

namespace Graft.Configuration;

/// <summary>Dotted paths of settings, <c>train.lr</c>; a key that itself has dots is quoted: <c>train.rates."neck.out"</c>.</summary>
internal static class ConfigPath
{
    public static IReadOnlyList<string> Split(string path)
    {
        List<string> segments = [];
        StringBuilder segment = new();
        bool quoted = false;
        foreach (char c in path)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted)
            {
                segments.Add(segment.ToString());
                segment.Clear();
            }
            else
            {
                segment.Append(c);
            }
        }

        segments.Add(segment.ToString());
        return segments.All(part => part.Length > 0)
            ? segments
            : throw new GraftException(
                Failure.Usage, $"{Printable.Quoted(path)} is not the path of a setting.", "Write section.key, for example train.epochs.");
    }

    public static string Join(IEnumerable<string> segments) => string.Join(".", segments.Select(Quote));

    public static string Append(string path, string segment) => path.Length == 0 ? Quote(segment) : $"{path}.{Quote(segment)}";

    private static string Quote(string segment) => segment.Contains('.', StringComparison.Ordinal) ? $"\"{segment}\"" : segment;
}
