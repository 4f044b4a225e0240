namespace Graft.Files;

/// <summary>
/// Renames a foreign checkpoint's tensors: their names on the left, Graft's on the right; the first matching rule applies.
/// A <c>*</c> matches any text, dots included; names that no rule matches stay unchanged.
/// </summary>
/// <example><code>
/// static readonly NameMap FromAuthors = new()
/// {
///     ["model.0.*"] = "backbone.stem.*",
///     ["model.*.m.*.cv1.*"] = "stages.*.blocks.*.first.*",
///     ["model.23.dfl.*"] = NameMap.Computed,
/// };
/// </code></example>
public sealed class NameMap
{
    /// <summary>For tensors that are computed from the configuration, such as a constant ramp.</summary>
    public static readonly NameTarget Computed = new(null, "computed here");

    /// <summary>
    /// For tensors that are merged into others, as the two matrices of an adapter are into the weight that they adapt.
    /// </summary>
    public static readonly NameTarget Merged = new(null, "merged", IsMerged: true);

    /// <summary>Prefixes that training wrappers add to every name.</summary>
    internal static readonly string[] Wrappers = ["_orig_mod.", "module.", "_forward_module."];

    private readonly List<(string Pattern, NameTarget Target)> _rules = [];

    /// <summary>The map without rules.</summary>
    public static NameMap Empty { get; } = new();

    /// <summary>Adds a rule at the end.</summary>
    /// <param name="pattern">Their name, or a pattern with <c>*</c>.</param>
    public NameTarget this[string pattern]
    {
        set
        {
            if (value.Pattern is { } target && !target.Contains('$') && target.Count(c => c == '*') != pattern.Count(c => c == '*'))
            {
                throw new ArgumentException($"'{pattern}' and '{target}' have different numbers of '*'.", nameof(pattern));
            }

            _rules.Add((pattern, value));
        }
    }

    /// <summary>For tensors that are skipped on purpose.</summary>
    /// <param name="reason">Why, as the load report shows it.</param>
    public static NameTarget Drop(string reason) => new(null, reason);

    /// <summary>This map's rules, then those of another.</summary>
    public NameMap Then(NameMap next)
    {
        NameMap both = new();
        both._rules.AddRange(_rules);
        both._rules.AddRange(next._rules);
        return both;
    }

    /// <summary>Applies the first rule that matches a name.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="rule">The rule as text.</param>
    /// <param name="result">Graft's name, or how the tensor is used.</param>
    /// <returns>False when no rule matches.</returns>
    public bool TryApply(string name, out string rule, out NameTarget result)
    {
        foreach ((string pattern, NameTarget target) in _rules)
        {
            if (Match(pattern, name) is { } parts)
            {
                rule = $"{pattern} → {target.Pattern ?? target.Reason}";
                result = target.Pattern is null ? target : Fill(target.Pattern, parts);
                return true;
            }
        }

        (rule, result) = ("", default);
        return false;
    }

    /// <summary>Whether a name matches a pattern in which <c>*</c> stands for any text.</summary>
    public static bool Fits(string pattern, string name) => Match(pattern, name) is not null;

    /// <summary>A name without the prefixes of training wrappers: <c>_orig_mod.</c>, <c>module.</c>, <c>_forward_module.</c></summary>
    public static string WithoutWrappers(string name)
    {
        while (Wrappers.FirstOrDefault(wrapper => name.StartsWith(wrapper, StringComparison.Ordinal)) is { } found)
        {
            name = name[found.Length..];
        }

        return name;
    }

    /// <summary>The text that each star matches, as short as possible except for the last; null when the name does not match.</summary>
    private static string[]? Match(string pattern, string name)
    {
        string[] fixedParts = pattern.Split('*');
        if (fixedParts.Length == 1)
        {
            return pattern == name ? [] : null;
        }

        if (!name.StartsWith(fixedParts[0], StringComparison.Ordinal) || !name.EndsWith(fixedParts[^1], StringComparison.Ordinal)
            || name.Length < fixedParts[0].Length + fixedParts[^1].Length)
        {
            return null;
        }

        string[] stars = new string[fixedParts.Length - 1];
        int at = fixedParts[0].Length, end = name.Length - fixedParts[^1].Length;
        for (int i = 1; i < fixedParts.Length - 1; i++)
        {
            int found = name.IndexOf(fixedParts[i], at, end - at, StringComparison.Ordinal);
            if (found < 0)
            {
                return null;
            }

            stars[i - 1] = name[at..found];
            at = found + fixedParts[i].Length;
        }

        stars[^1] = name[at..end];
        return stars;
    }

    private static string Fill(string pattern, string[] stars)
    {
        if (pattern.Contains('$'))
        {
            for (int i = 0; i < stars.Length; i++)
            {
                pattern = pattern.Replace($"${i + 1}", stars[i], StringComparison.Ordinal);
            }

            return pattern;
        }

        string[] fixedParts = pattern.Split('*');
        return string.Concat(fixedParts.Select((part, i) => i < stars.Length ? part + stars[i] : part));
    }
}
