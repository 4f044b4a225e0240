namespace Graft.Files;

/// <summary>What a load may leave unexplained. Nothing, unless the caller says so.</summary>
public sealed record LoadOptions
{
    /// <summary>Every tensor must be accounted for.</summary>
    public static readonly LoadOptions Exact = new();

    /// <summary>Names of the model, or patterns with <c>*</c>, that the file need not have.</summary>
    public IReadOnlyList<string> MayMiss { get; init; } = [];

    /// <summary>Names of the file, or patterns with <c>*</c>, that the model need not have.</summary>
    public IReadOnlyList<string> MayExceed { get; init; } = [];

    /// <summary>
    /// What every name of the model begins with in the file, such as <c>model.</c> in Lightning checkpoints. It is taken off before anything is
    /// compared; names that begin otherwise are out of scope.
    /// </summary>
    public string Prefix { get; init; } = "";
}
