namespace Graft.Files;

/// <summary>What outlives one pickle of a file: policy, remarks, storages, limits used up so far.</summary>
internal sealed class PickleContext(string path, WeightPolicy policy, Func<PickleStorage, PickleStorage> bind)
{
    private const int MaxRemarks = 100, MaxStorages = 1_000_000;
    private const long MaxExpanded = 1L << 26;
    private readonly Dictionary<(string, ElementType?), PickleStorage> _storages = [];
    private readonly SortedDictionary<string, int> _foreign = new(StringComparer.Ordinal);
    private long _expanded;

    internal string Path => path;

    internal WeightPolicy Policy => policy;

    internal List<string> Remarks { get; } = [];

    /// <summary>Foreign names kept as records, with their counts.</summary>
    internal IReadOnlyDictionary<string, int> Foreign => _foreign;

    internal void Remark(string text)
    {
        if (Remarks.Count < MaxRemarks && !Remarks.Contains(text))
        {
            Remarks.Add(text);
        }
    }

    internal void CountForeign(string name)
    {
        if (_foreign.TryGetValue(name, out int count) || _foreign.Count < 10_000)
        {
            _foreign[name] = count + 1;
        }
    }

    /// <summary>The storage of a key; the first mention binds it to its bytes, and that checks its length.</summary>
    internal PickleStorage Storage(PickleStorage asked)
    {
        if (_storages.TryGetValue((asked.Key, asked.Type), out PickleStorage? known) && known.Count == asked.Count)
        {
            return known;
        }

        if (_storages.Count >= MaxStorages)
        {
            throw Bad.File(path, $"it refers to more than {MaxStorages} storages.");
        }

        return _storages[(asked.Key, asked.Type)] = bind(asked);
    }

    /// <summary>Views that repeat elements are small on disk and large in memory, so their total is limited.</summary>
    internal bool TryExpand(long elements) => elements <= MaxExpanded - _expanded && (_expanded += elements) >= 0;
}
