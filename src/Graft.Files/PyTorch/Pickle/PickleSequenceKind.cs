namespace Graft.Files;

/// <summary>The Python type of a <see cref="PickleSequence"/>.</summary>
public enum PickleSequenceKind
{
    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>A set or frozen set.</summary>
    Set,
}
