namespace Graft.Files;

/// <summary>A tensor that a model expects in a file.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="DType">Its element type in the model; null when any will do.</param>
public sealed record ExpectedWeight(string Name, IReadOnlyList<long> Shape, ElementType? DType = null)
{
    internal long Count => Extent.TryCount([.. Shape], out long count) ? count : 0;
}
