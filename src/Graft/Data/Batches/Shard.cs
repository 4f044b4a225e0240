using Graft.Torch.Distributed;

namespace Graft.Data;

/// <summary>One of several parts of something, such as the images of a batch; the default is the whole.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Count">Number of parts; 0 and 1: there is one.</param>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>The part of this process among several; the whole where it is alone.</summary>
    /// <param name="group">The processes; null: there is one.</param>
    public static Shard Of(ProcessGroup? group) => group is null ? default : new Shard(group.Rank, group.Size);

    /// <summary>Whether there is more than one part.</summary>
    public bool IsPart => Count > 1;

    /// <summary>Consecutive items, whose numbers differ by one at most.</summary>
    /// <param name="items">Number of all items.</param>
    /// <returns>The first item, and that after the last.</returns>
    public (int First, int After) Range(int items)
        => IsPart ? ((int)((long)items * Index / Count), (int)((long)items * (Index + 1) / Count)) : (0, items);

    /// <summary>How many items it has where they are dealt out in turn: item i goes to part i modulo their number.</summary>
    /// <param name="items">Number of all items.</param>
    public int Dealt(int items) => IsPart ? (items - Index + Count - 1) / Count : items;

    /// <summary>The item of all items that is the n-th of this part.</summary>
    /// <param name="number">n, from 0.</param>
    public int Item(int number) => IsPart ? (number * Count) + Index : number;
}
