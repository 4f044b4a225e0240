using System.Globalization;
using System.Text;

namespace Graft.Text;

/// <summary>Unicode normalization form C (UAX #15), which the runtime does not carry when globalization is invariant.</summary>
public static class NormalizationC
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, HangulCount = LeadCount * VowelCount * TrailCount;

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    /// <summary>Returns the text in form C; lone surrogates become U+FFFD.</summary>
    public static string Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF') < 0)
        {
            return text;                                    // nothing below U+0300 combines or decomposes further
        }

        Tables tables = Data.Value;
        List<int> points = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, tables, points);
        }

        Order(points, tables);
        Compose(points, tables);

        StringBuilder result = new(text.Length);
        foreach (int point in points)
        {
            result.Append(new Rune(point).ToString());
        }

        return result.ToString();
    }

    private static void Decompose(int point, Tables tables, List<int> output)
    {
        if ((uint)(point - HangulBase) < HangulCount)
        {
            int index = point - HangulBase;
            output.Add(LeadBase + index / (VowelCount * TrailCount));
            output.Add(VowelBase + index % (VowelCount * TrailCount) / TrailCount);
            if (index % TrailCount != 0)
            {
                output.Add(TrailBase + index % TrailCount);
            }

            return;
        }

        if (!tables.Parts.TryGetValue(point, out int[]? parts))
        {
            output.Add(point);
            return;
        }

        foreach (int part in parts)                         // the standard's longest chain is three steps
        {
            Decompose(part, tables, output);
        }
    }

    private static void Order(List<int> points, Tables tables)
    {
        int start = 0;
        while (start < points.Count)
        {
            int end = start;
            while (end < points.Count && tables.ClassOf(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] sorted = [.. points.Skip(start).Take(end - start).OrderBy(tables.ClassOf)];   // stable
                for (int i = 0; i < sorted.Length; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end + 1;
        }
    }

    private static void Compose(List<int> points, Tables tables)
    {
        int starter = -1, lastClass = -1, write = 0;
        for (int read = 0; read < points.Count; read++)
        {
            int point = points[read], combining = tables.ClassOf(point);
            bool reachable = starter >= 0 && (lastClass == -1 || lastClass < combining);
            if (reachable && TryPair(points[starter], point, tables, out int composed))
            {
                points[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = write;
                lastClass = -1;
            }
            else
            {
                lastClass = combining;
            }

            points[write++] = point;
        }

        points.RemoveRange(write, points.Count - write);
    }

    private static bool TryPair(int first, int second, Tables tables, out int composed)
    {
        int lead = first - LeadBase, vowel = second - VowelBase;
        if ((uint)lead < LeadCount && (uint)vowel < VowelCount)
        {
            composed = HangulBase + (lead * VowelCount + vowel) * TrailCount;
            return true;
        }

        int syllable = first - HangulBase, trail = second - TrailBase;
        if ((uint)syllable < HangulCount && syllable % TrailCount == 0 && trail > 0 && trail < TrailCount)
        {
            composed = first + trail;
            return true;
        }

        return tables.Pairs.TryGetValue((first, second), out composed);
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> _classes = [];

        public Dictionary<int, int[]> Parts { get; } = [];

        public Dictionary<(int First, int Second), int> Pairs { get; } = [];

        public int ClassOf(int point) => _classes.GetValueOrDefault(point);

        public static Tables Read()
        {
            using Stream stream = typeof(NormalizationC).Assembly.GetManifestResourceStream("Graft.Text.unicode-canonical.txt")
                ?? throw new InvalidOperationException("The resource Graft.Text.unicode-canonical.txt is not in this build.");
            using StreamReader reader = new(stream, Encoding.UTF8);
            Tables tables = new();
            while (reader.ReadLine() is { } line)
            {
                if (!line.StartsWith('#'))
                {
                    tables.Add(line.Split(' '));
                }
            }

            return tables;
        }

        private void Add(string[] fields)
        {
            if (fields.Length == 2)
            {
                int dash = fields[0].IndexOf('-', StringComparison.Ordinal);
                for (int point = Hex(fields[0][..dash]); point <= Hex(fields[0][(dash + 1)..]); point++)
                {
                    _classes[point] = byte.Parse(fields[1], CultureInfo.InvariantCulture);
                }

                return;
            }

            int whole = Hex(fields[0]);
            int[] parts = [.. fields[2..].Select(Hex)];
            Parts[whole] = parts;
            if (fields[1] == "=")
            {
                Pairs[(parts[0], parts[1])] = whole;
            }
        }

        private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
