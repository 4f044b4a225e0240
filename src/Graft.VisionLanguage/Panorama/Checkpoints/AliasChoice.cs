namespace Graft.VisionLanguage;

/// <summary>What to do when two names of one tensor hold different values.</summary>
public enum AliasChoice
{
    /// <summary>Refuse the file.</summary>
    Refuse,

    /// <summary>Take the value that the file stores first.</summary>
    First,

    /// <summary>Take the value that the file stores last, as PyTorch does silently.</summary>
    Last,
}
