using System.Globalization;
using System.Text;

namespace Graft.Files;

/// <summary>Prefixes of the names in a file, and the summary of why a file does not fit.</summary>
public sealed partial class LoadReport
{
    private const int ShownInError = 3;
    private NamePrefix _prefix = NamePrefix.None;
    private bool _prefixExplainsAll;
    private string _common = "";

    /// <summary>The wrapper prefix that was found in the file.</summary>
    public NamePrefix Prefix => _prefix;

    private bool MayExceed(WeightEntry entry)
        => Allowed(_options.MayExceed, entry.Name)
            || (_prefix.Inner(entry.Name) is { } inner && Allowed(_options.MayExceed, NameMap.WithoutWrappers(inner)));

    private void FindPrefix(IReadOnlyList<WeightEntry> entries, Dictionary<string, ExpectedWeight> wanted, NameMap map)
    {
        string[] names = [.. entries.Select(entry => entry.Name)];
        _common = NamePrefix.Common(names);
        if (_options.Prefix.Length > 0)
        {
            return;
        }

        _prefix = NamePrefix.Of(names, name => IsKnown(name, wanted, map));
        if (_prefix.Text.Length > 0)
        {
            HashSet<string?> covered = [.. names.Select(name => _prefix.Inner(name) is { } inner ? Resolve(inner, wanted, map, out _).Pattern : null)];
            _prefixExplainsAll = wanted.Keys.All(name => covered.Contains(name) || Allowed(_options.MayMiss, name));
            if (_prefix.Copies.Count > 0)
            {
                string others = string.Join(", ", _prefix.Copies.Select(copy => copy.Length == 0 ? "no prefix" : Printable.Quoted(copy)));
                _remarks.Add($"the file holds copies of the model; the one whose names begin with {Printable.Quoted(_prefix.Text)} is used, that with {others} is ignored");
            }
        }
    }

    private static bool IsKnown(string name, Dictionary<string, ExpectedWeight> wanted, NameMap map)
        => Resolve(name, wanted, map, out _).Pattern is { } target && wanted.ContainsKey(target);

    /// <summary>The target of a name: by a rule, by itself, or after removing training wrappers.</summary>
    private static NameTarget Resolve(string name, Dictionary<string, ExpectedWeight> wanted, NameMap map, out string? rule)
    {
        string inner = name, wrappers = "";
        while (true)
        {
            if (map.TryApply(inner, out string fitting, out NameTarget target))
            {
                rule = target.Pattern == name ? null : wrappers + fitting;
                return target;
            }

            if (wanted.ContainsKey(inner))
            {
                rule = wrappers.Length == 0 ? null : wrappers.TrimEnd();
                return inner;
            }

            if (NameMap.Wrappers.FirstOrDefault(wrapper => inner.StartsWith(wrapper, StringComparison.Ordinal)) is not { } found)
            {
                rule = null;
                return default;
            }

            inner = inner[found.Length..];
            wrappers += $"without '{found}' ";
        }
    }

    /// <summary>The name of a tensor inside the wrappers; null when it belongs to another copy or is outside the model.</summary>
    private string? TakeWrapped(WeightEntry entry, Dictionary<string, ExpectedWeight> wanted, NameMap map)
    {
        if (_prefix.Text.Length == 0)
        {
            return entry.Name;
        }

        if (_prefix.Inner(entry.Name) is { } inner)
        {
            return inner;
        }

        if (_prefix.CopyOf(entry.Name, name => IsKnown(name, wanted, map)) is not null)
        {
            _leftOut.Add((entry.Name, "another copy of the model"));
        }
        else if (_prefixExplainsAll)
        {
            _outOfScope.Add(entry.Name);
        }
        else
        {
            _unexpected.Add(entry);
        }

        return null;
    }

    /// <summary>A summary of what does not fit: counts and the first names.</summary>
    private string Summary()
    {
        ExpectedWeight[] missing = [.. MissingUnexplained];
        WeightEntry[] unexpected = [.. UnexpectedUnexplained];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture,
            $"{_assignments.Count} of {NamesInFile} names fit, {missing.Length} missing, {unexpected.Length} unexpected, {_mismatched.Count} of another shape.");
        if (_prefix.Rivals.Count > 0)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  it holds copies under {string.Join(" and ", _prefix.Rivals.Take(ShownInError).Select(one => Printable.Quoted(one)))}, and nothing says which is meant");
        }
        else if (_common.Length > 0 && _assignments.Count == 0)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  every name begins with {Printable.Quoted(_common)}");
        }

        First(text, "missing", missing.Select(one => $"{Printable.Name(one.Name)} {Printable.Shape([.. one.Shape])}"), missing.Length);
        First(text, "unexpected", unexpected.Select(one => one.ToString()), unexpected.Length);
        First(text, "another shape", _mismatched.Select(one => one.ToString()), _mismatched.Count);
        First(text, "conflicts", _conflicts.Select(pair => $"{Printable.Name(pair.Name)} and {Printable.Name(pair.Target)}"), _conflicts.Count);
        return text.ToString();
    }

    private static void First(StringBuilder text, string label, IEnumerable<string?> items, int count)
    {
        if (count > 0)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  {label}: {string.Join("; ", items.Take(ShownInError))}");
            text.Append(count > ShownInError ? string.Create(CultureInfo.InvariantCulture, $"; … and {count - ShownInError} more") : "");
        }
    }

    private string Hint() => _assignments.Count == 0 && _common.Length > 0 && _prefix.Rivals.Count == 0
        ? $"Save the model inside of the wrapper, so that no name begins with {Printable.Quoted(_common)}. --verbose lists every name."
        : "Check that the configuration has the size of the checkpoint (scale, classes, adapters). --verbose lists every name.";
}
