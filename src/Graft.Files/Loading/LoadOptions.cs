namespace Graft.Files;

/// <summary>Which tensors may be missing or unused in a load; none by default.</summary>
public sealed record LoadOptions
{
    /// <summary>Every tensor must be accounted for.</summary>
    public static readonly LoadOptions Exact = new();

    /// <summary>Names of the model, or patterns with <c>*</c>, that the file need not have.</summary>
    public IReadOnlyList<string> MayMiss { get; init; } = [];

    /// <summary>Names of the file, or patterns with <c>*</c>, that the model need not have.</summary>
    public IReadOnlyList<string> MayExceed { get; init; } = [];

    /// <summary>
    /// Prefix of every name of the model in the file, such as <c>model.</c> in Lightning checkpoints. It is removed before anything is
    /// compared; names without it are out of scope.
    /// </summary>
    public string Prefix { get; init; } = "";
}
