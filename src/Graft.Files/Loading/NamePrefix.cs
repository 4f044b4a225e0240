namespace Graft.Files;

/// <summary>The prefix that training wrappers added to the names of a model in a file: the one under which most names of the model
/// exist.</summary>
/// <param name="Text">The prefix; empty when there is none, or when several copies are equally likely.</param>
/// <param name="Copies">Prefixes of other copies of the model in the same file, which are not used.</param>
/// <param name="Rivals">Prefixes that match equally many names, so that none can be chosen; empty when one is chosen.</param>
public sealed record NamePrefix(string Text, IReadOnlyList<string> Copies, IReadOnlyList<string> Rivals)
{
    private const int Deepest = 3;

    private static readonly string[] Averaged = ["ema.", "ema_model.", "model_ema.", "averaged_model.", "ema_state_dict.", "state_dict_ema."];

    private static readonly string[] Segments = ["model.", "network.", "state_dict.", "student.", "teacher.", .. Averaged];

    /// <summary>No prefix.</summary>
    public static NamePrefix None { get; } = new("", [], []);

    /// <summary>Prefixes of known wrappers in the names, the empty one first.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    public static IReadOnlyList<string> Candidates(IEnumerable<string> names)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string rest = name;
            for (int depth = 0; depth < Deepest; depth++)
            {
                rest = NameMap.WithoutWrappers(rest);
                if (Segments.FirstOrDefault(segment => rest.StartsWith(segment, StringComparison.Ordinal)) is not { } segment)
                {
                    break;
                }

                rest = rest[segment.Length..];
                found.Add(name[..^rest.Length]);
            }
        }

        return ["", .. found.OrderBy(prefix => prefix.Length).ThenBy(prefix => prefix, StringComparer.Ordinal)];
    }

    /// <summary>The prefix under which most names of the model exist; of equal ones that of averaged weights, else none.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    /// <param name="known">Whether a model has a name.</param>
    public static NamePrefix Of(IReadOnlyCollection<string> names, Func<string, bool> known)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(known);
        IReadOnlyList<string> candidates = Candidates(names);
        if (candidates.Count == 1)
        {
            return None;
        }

        (string Text, int Count)[] counted = [.. candidates.Select(prefix => (prefix, names.Count(name => Fits(name, prefix, known))))
            .Where(one => one.Item2 > 0)];
        int most = counted.Length == 0 ? 0 : counted.Max(one => one.Count);
        string[] best = [.. counted.Where(one => one.Count == most).Select(one => one.Text)];
        string? chosen = best.FirstOrDefault(IsAveraged) ?? best.FirstOrDefault(prefix => prefix.Length == 0) ?? (best.Length == 1 ? best[0] : null);
        return chosen is null
            ? new NamePrefix("", [], best)
            : new NamePrefix(chosen, [.. counted.Select(one => one.Text).Where(prefix => prefix != chosen)], []);
    }

    /// <summary>The common prefix of all names, up to a dot or slash; empty without one.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    public static string Common(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count < 2)
        {
            return "";
        }

        string low = names.Min(StringComparer.Ordinal)!, high = names.Max(StringComparer.Ordinal)!;
        int length = 0;
        while (length < Math.Min(low.Length, high.Length) && low[length] == high[length])
        {
            length++;
        }

        return low[..(low.AsSpan(0, length).LastIndexOfAny('.', '/') + 1)];
    }

    /// <summary>A name without this prefix; null when it does not begin with it.</summary>
    /// <param name="name">A name in the file.</param>
    public string? Inner(string name) => name.StartsWith(Text, StringComparison.Ordinal) ? name[Text.Length..] : null;

    /// <summary>The prefix of the unused copy that a name belongs to; null when it belongs to none.</summary>
    internal string? CopyOf(string name, Func<string, bool> known) => Copies.FirstOrDefault(copy => Fits(name, copy, known));

    private static bool Fits(string name, string prefix, Func<string, bool> known)
        => name.StartsWith(prefix, StringComparison.Ordinal) && (known(name[prefix.Length..]) || known(NameMap.WithoutWrappers(name[prefix.Length..])));

    private static bool IsAveraged(string prefix) => Averaged.Any(segment => ("." + prefix).Contains("." + segment, StringComparison.Ordinal));
}
