namespace Graft.Files;

/// <summary>What to do with foreign classes in a file. They are never called.</summary>
public enum WeightPolicy
{
    /// <summary>Keep them as records of their name and contents; the tensors still load.</summary>
    Skip,

    /// <summary>Refuse the file and name the first of them.</summary>
    Strict,
}
