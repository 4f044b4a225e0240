namespace Graft.Export;

/// <summary>Size of a network's image input.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Rows in pixels, a multiple of 32.</param>
/// <param name="Width">Columns in pixels, a multiple of 32.</param>
public readonly record struct InputSize(int Batch, int Height, int Width)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Batch}×3×{Height}×{Width}";
}
