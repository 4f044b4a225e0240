namespace Graft.Files;

/// <summary>
/// How every tensor of a file was used, and where every tensor of a model came from. Each name of the file is in exactly one class:
/// matched, renamed, merged, duplicate, in conflict, left out, mismatched, unexpected or out of scope.
/// </summary>
public sealed partial class LoadReport
{
    private readonly List<LoadedWeight> _assignments = [];
    private readonly List<(string Name, string Reason)> _leftOut = [];
    private readonly List<WeightEntry> _merged = [];
    private readonly List<string> _outOfScope = [];
    private readonly List<(string Name, string Target)> _duplicates = [];
    private readonly List<(string Name, string Target)> _conflicts = [];
    private readonly List<MismatchedWeight> _mismatched = [];
    private readonly List<WeightEntry> _unexpected = [];
    private readonly List<ExpectedWeight> _missing = [];
    private readonly SortedDictionary<string, int> _rules = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _conversions = new(StringComparer.Ordinal);
    private readonly List<string> _notFinite = [];
    private readonly List<string> _remarks = [];
    private readonly LoadOptions _options;

    private LoadReport(string file, LoadOptions options) => (File, _options) = (file, options);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Its container, and the part of it that was used.</summary>
    public string Source { get; private init; } = "";

    /// <summary>Number of names in the file.</summary>
    public int NamesInFile { get; private set; }

    /// <summary>Matched and renamed tensors with their targets.</summary>
    public IReadOnlyList<LoadedWeight> Assignments => _assignments;

    /// <summary>Number of names that are equal on both sides.</summary>
    public int Matched => _assignments.Count(assignment => assignment.Rule is null);

    /// <summary>Number of names that a rule renamed.</summary>
    public int Renamed => _assignments.Count - Matched;

    /// <summary>Tensors that are merged into others, as adapter matrices are into the weights that they adapt.</summary>
    public IReadOnlyList<WeightEntry> Merged => _merged;

    /// <summary>Names of the file that do not begin with the prefix of the options.</summary>
    public IReadOnlyList<string> OutOfScope => _outOfScope;

    /// <summary>Names of the file that were skipped on purpose, with the reason.</summary>
    public IReadOnlyList<(string Name, string Reason)> LeftOut => _leftOut;

    /// <summary>Further names of the file for one tensor of the model, equal in value to the first.</summary>
    public IReadOnlyList<(string Name, string Target)> Duplicates => _duplicates;

    /// <summary>Names of the file for a tensor that another name filled with different values.</summary>
    public IReadOnlyList<(string Name, string Target)> Conflicts => _conflicts;

    /// <summary>Tensors of the file that the model does not have.</summary>
    public IReadOnlyList<WeightEntry> Unexpected => _unexpected;

    /// <summary>Tensors of the model that the file does not have.</summary>
    public IReadOnlyList<ExpectedWeight> Missing => _missing;

    /// <summary>Tensors whose shapes differ.</summary>
    public IReadOnlyList<MismatchedWeight> Mismatched => _mismatched;

    /// <summary>Groups of names in the file that share one storage.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Aliases { get; private init; } = [];

    /// <summary>Tensors that hold NaN or infinity; filled while they are copied.</summary>
    public IReadOnlyList<string> NotFinite => _notFinite;

    /// <summary>Number of objects of foreign classes in the file.</summary>
    public int OpaqueObjects { get; private init; }

    /// <summary>Remarks of the reader.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Number of tensors copied into the model so far.</summary>
    public int Copied { get; private set; }

    /// <summary>Bytes read for them.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Share of the model's parameters that the file fills, 0 to 1.</summary>
    public double Coverage { get; private set; }

    /// <summary>Missing tensors that the caller did not allow to be missing.</summary>
    public IEnumerable<ExpectedWeight> MissingUnexplained => _missing.Where(expected => !Allowed(_options.MayMiss, expected.Name));

    /// <summary>Unexpected tensors that the caller did not allow.</summary>
    public IEnumerable<WeightEntry> UnexpectedUnexplained => _unexpected.Where(entry => !MayExceed(entry));

    /// <summary>Whether every tensor is accounted for: nothing missing, unexpected, mismatched or in conflict beyond what is
    /// allowed.</summary>
    public bool IsComplete => _mismatched.Count == 0 && _conflicts.Count == 0 && !MissingUnexplained.Any() && !UnexpectedUnexplained.Any();

    /// <summary>Refuses the file unless every tensor is accounted for.</summary>
    /// <exception cref="GraftException">Some are not; the message has the counts and the first names, its details have all of
    /// them.</exception>
    /// <returns>This report.</returns>
    public LoadReport ThrowUnlessComplete()
        => IsComplete ? this : throw new GraftException(Failure.Model, $"{Printable.Name(File, 400)} does not fit the model: {Summary()}", Hint())
        {
            Details = Describe(int.MaxValue),
        };

    /// <summary>Compares a file with the tensors that a model expects; copies nothing.</summary>
    /// <param name="expected">All tensors of the model.</param>
    /// <param name="file">The file.</param>
    /// <param name="map">Renames the file's names; names that no rule matches stay.</param>
    /// <param name="options">What may be missing or unused.</param>
    public static LoadReport Compare(IEnumerable<ExpectedWeight> expected, WeightFile file, NameMap? map = null,
        LoadOptions? options = null)
    {
        LoadReport report = new(file.Path, options ?? LoadOptions.Exact)
        {
            Source = file.Format + (file.Origin.Length > 0 ? $", {file.Origin}" : "")
                + (file.Root is null ? "" : $", policy {file.Policy.ToString().ToLowerInvariant()}"),
            Aliases = file.Aliases,
            OpaqueObjects = file.ForeignClasses.Values.Sum(),
        };
        report._remarks.AddRange(file.Remarks);
        report.Fill(expected, file.Entries, map ?? NameMap.Empty);
        return report;
    }

    /// <summary>Compares tensors with those that a model expects; copies nothing.</summary>
    /// <param name="expected">All tensors of the model.</param>
    /// <param name="name">Name of the source.</param>
    /// <param name="entries">The tensors.</param>
    /// <param name="map">Renames their names; names that no rule matches stay.</param>
    /// <param name="options">What may be missing or unused.</param>
    public static LoadReport Compare(IEnumerable<ExpectedWeight> expected, string name, IReadOnlyList<WeightEntry> entries,
        NameMap? map = null, LoadOptions? options = null)
    {
        LoadReport report = new(name, options ?? LoadOptions.Exact);
        report.Fill(expected, entries, map ?? NameMap.Empty);
        return report;
    }

    /// <summary>Copies every assigned tensor with the given method, and counts.</summary>
    /// <param name="copy">Copies one tensor; returns whether all its values are finite.</param>
    /// <exception cref="GraftException">A tensor is not accounted for; nothing was copied.</exception>
    public LoadReport CopyAll(Func<LoadedWeight, bool> copy)
    {
        ThrowUnlessComplete();
        foreach (LoadedWeight assignment in _assignments)
        {
            if (!copy(assignment))
            {
                _notFinite.Add(assignment.Target);
            }

            Copied++;
            BytesRead += assignment.Entry.ByteLength;
            assignment.Entry.Release();
        }

        return this;
    }

    private static bool Allowed(IReadOnlyList<string> patterns, string name) => patterns.Any(pattern => NameMap.Fits(pattern, name));

    private void Fill(IEnumerable<ExpectedWeight> expected, IReadOnlyList<WeightEntry> entries, NameMap map)
    {
        Dictionary<string, ExpectedWeight> wanted = new(StringComparer.Ordinal);
        foreach (ExpectedWeight one in expected)
        {
            wanted.Add(one.Name, one);
        }

        NamesInFile = entries.Count;
        FindPrefix(entries, wanted, map);
        Dictionary<string, WeightEntry> filled = new(StringComparer.Ordinal);
        foreach (WeightEntry entry in entries)
        {
            Place(entry, wanted, filled, map);
        }

        _missing.AddRange(wanted.Values.Where(one => !filled.ContainsKey(one.Name)
            && _mismatched.TrueForAll(mismatch => mismatch.Target != one.Name)));
        double total = wanted.Values.Sum(one => (double)one.Count);
        Coverage = total == 0 ? 1 : _assignments.Sum(assignment => (double)wanted[assignment.Target].Count) / total;
        int sum = _assignments.Count + _merged.Count + _outOfScope.Count + _duplicates.Count + _conflicts.Count + _leftOut.Count
            + _mismatched.Count + _unexpected.Count;
        if (sum != NamesInFile)
        {
            throw new InvalidOperationException($"The classes add up to {sum} of {NamesInFile} names.");
        }
    }

    private void Place(WeightEntry entry, Dictionary<string, ExpectedWeight> wanted, Dictionary<string, WeightEntry> filled, NameMap map)
    {
        string name = entry.Name;
        if (_options.Prefix.Length > 0)
        {
            name = NameMap.WithoutWrappers(name);
            if (!name.StartsWith(_options.Prefix, StringComparison.Ordinal))
            {
                _outOfScope.Add(entry.Name);
                return;
            }

            name = name[_options.Prefix.Length..];
        }
        else if (TakeWrapped(entry, wanted, map) is { } inner)
        {
            name = inner;
        }
        else
        {
            return;
        }

        NameTarget target = Resolve(name, wanted, map, out string? rule);
        rule = _prefix.Text.Length > 0 && name.Length < entry.Name.Length && target.Pattern is not null
            ? $"without '{_prefix.Text}' {rule}".TrimEnd()
            : rule;
        if (target.Pattern is null)
        {
            (target.IsMerged ? _merged : target.Reason is null ? _unexpected : null)?.Add(entry);
            if (target is { IsMerged: false, Reason: { } reason })
            {
                _leftOut.Add((entry.Name, reason));
            }
        }
        else if (!wanted.TryGetValue(target.Pattern, out ExpectedWeight? place))
        {
            _unexpected.Add(entry);
        }
        else
        {
            Place(entry, place, rule, filled);
        }
    }

    private void Place(WeightEntry entry, ExpectedWeight place, string? rule, Dictionary<string, WeightEntry> filled)
    {
        if (!place.Shape.SequenceEqual(entry.Shape))
        {
            _mismatched.Add(new MismatchedWeight(entry.Name, place.Name, entry.Shape, place.Shape));
            return;
        }

        if (filled.TryGetValue(place.Name, out WeightEntry? first))
        {
            (first.ContentEquals(entry) ? _duplicates : _conflicts).Add((entry.Name, place.Name));
            first.Release();
            entry.Release();
            return;
        }

        filled.Add(place.Name, entry);
        _assignments.Add(new LoadedWeight(entry, place.Name, rule));
        if (rule is not null)
        {
            _rules[rule] = _rules.GetValueOrDefault(rule) + 1;
        }

        if (place.DType is { } type && type != entry.DType)
        {
            string change = $"{entry.DType.TorchName()} → {type.TorchName()}";
            _conversions[change] = _conversions.GetValueOrDefault(change) + 1;
        }
    }
}
