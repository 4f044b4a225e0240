namespace Graft.Files;

/// <summary>What a <see cref="PickleSequence"/> was.</summary>
public enum PickleSequenceKind
{
    /// <summary>A list, changeable in Python.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>A set or frozen set.</summary>
    Set,
}
