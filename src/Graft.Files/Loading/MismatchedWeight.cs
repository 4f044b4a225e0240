namespace Graft.Files;

/// <summary>A tensor whose target in the model has another shape.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Target">The model's name.</param>
/// <param name="FileShape">Sizes in the file.</param>
/// <param name="ModelShape">Sizes in the model.</param>
public sealed record MismatchedWeight(string Name, string Target, IReadOnlyList<long> FileShape, IReadOnlyList<long> ModelShape)
{
    /// <summary>Both names and both shapes.</summary>
    public override string ToString()
        => $"{Printable.Name(Target)} is {Printable.Shape([.. ModelShape])} in the model, {Printable.Shape([.. FileShape])} in the file"
            + (Name == Target ? "" : $" ({Printable.Name(Name)})");
}
