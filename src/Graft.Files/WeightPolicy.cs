namespace Graft.Files;

/// <summary>What to do with classes in a file that the reader does not have. In neither case is anything called.</summary>
public enum WeightPolicy
{
    /// <summary>Keep them as records of their name and contents; tensors beside them still load.</summary>
    Skip,

    /// <summary>Refuse the file and name the first of them.</summary>
    Strict,
}
