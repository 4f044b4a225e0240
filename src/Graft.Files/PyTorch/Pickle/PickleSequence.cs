namespace Graft.Files;

/// <summary>A list, a tuple or a set.</summary>
public sealed class PickleSequence : PickleValue
{
    internal static readonly PickleSequence EmptyTuple = new(PickleSequenceKind.Tuple, []);
    private List<PickleValue>? _items;

    internal PickleSequence(PickleSequenceKind kind, List<PickleValue>? items = null) => (Kind, _items) = (kind, items);

    /// <summary>List, tuple or set.</summary>
    public PickleSequenceKind Kind { get; }

    /// <summary>The items in order.</summary>
    public IReadOnlyList<PickleValue> Items => _items ?? (IReadOnlyList<PickleValue>)[];

    internal void Add(PickleValue item) => (_items ??= []).Add(item);

    /// <summary>Reads "list of N".</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()} of {Items.Count}";
}
