using System.Globalization;
using System.Numerics;
using System.Text;

namespace Graft.Files;

/// <summary>A dictionary, in the order of the file; a repeated key keeps its position and gets the last value, as in Python.</summary>
public sealed class PickleDictionary : PickleValue
{
    private const int DeepestKey = 16, LongestTupleKey = 1024;
    private readonly List<KeyValuePair<PickleValue, PickleValue>> _entries = [];
    private Dictionary<string, int>? _byKey;

    internal PickleDictionary()
    {
    }

    /// <summary>Keys and values in order.</summary>
    public IReadOnlyList<KeyValuePair<PickleValue, PickleValue>> Entries => _entries;

    /// <summary>Attributes of an ordered dictionary, such as <c>_metadata</c>; usually null.</summary>
    public PickleValue? Attributes { get; internal set; }

    /// <summary>The value under a text key, or null.</summary>
    public PickleValue? Find(string key) => _byKey is not null && _byKey.TryGetValue("'" + key, out int at) ? _entries[at].Value : null;

    /// <summary>Adds or replaces; false when the key cannot be one (a list, for example).</summary>
    internal bool TrySet(PickleValue key, PickleValue value, out bool replaced)
    {
        replaced = false;
        if (Canonical(key) is not { } name)
        {
            return false;
        }

        _byKey ??= new Dictionary<string, int>(StringComparer.Ordinal);
        replaced = _byKey.TryGetValue(name, out int at);
        if (replaced)
        {
            _entries[at] = new(_entries[at].Key, value);
        }
        else
        {
            _byKey.Add(name, _entries.Count);
            _entries.Add(new(key, value));
        }

        return true;
    }

    /// <summary>A text that is equal for keys that Python treats as equal; null for values that cannot be keys.</summary>
    private static string? Canonical(PickleValue key) => key switch
    {
        PickleScalar scalar => Canonical(scalar),
        PickleSequence { Kind: PickleSequenceKind.Tuple } tuple when tuple.Depth <= DeepestKey => Canonical(tuple),
        PickleGlobal global => "g" + global.Name,
        PickleRecord or PickleTensor => $"@{System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key)}",
        _ => null,
    };

    private static string Canonical(PickleScalar scalar) => scalar.Value switch
    {
        null => "None",
        string text => "'" + text,
        bool truth => truth ? "1" : "0",
        long number => number.ToString(CultureInfo.InvariantCulture),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        double number when number == Math.Truncate(number) && Math.Abs(number) < 1e18
            => ((long)number).ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => "b" + Convert.ToHexString(bytes),
        _ => "?",
    };

    private static string? Canonical(PickleSequence tuple)
    {
        // Tuples in tuples are flattened with an explicit stack; the item count is limited, since they may be shared.
        StringBuilder text = new();
        Stack<object> rest = new();
        rest.Push(tuple);
        for (int steps = 0; rest.TryPop(out object? next); steps++)
        {
            if (steps > LongestTupleKey)
            {
                return null;
            }

            if (next is not PickleSequence { Kind: PickleSequenceKind.Tuple } inner)
            {
                string? one = next as string ?? Canonical((PickleValue)next);
                if (one is null)
                {
                    return null;
                }

                text.Append(one.Length).Append(':').Append(one);
                continue;
            }

            rest.Push(")");
            for (int i = inner.Items.Count - 1; i >= 0; i--)
            {
                if (rest.Count > LongestTupleKey)
                {
                    return null;
                }

                rest.Push(inner.Items[i]);
            }

            text.Append('(');
        }

        return text.ToString();
    }

    /// <summary>Reads "dictionary of N".</summary>
    public override string ToString() => $"dictionary of {_entries.Count}";
}
