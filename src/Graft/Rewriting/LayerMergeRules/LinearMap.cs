using Graft.Adapters;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>y = M·x + v per cell, in double precision: what a linear adapter does to a feature map.</summary>
/// <param name="Matrix">M, C×C.</param>
/// <param name="Shift">v, C; null for zero.</param>
internal readonly record struct LinearMap(Tensor Matrix, Tensor? Shift = null)
{
    /// <summary>The map of an adapter; null when it is not linear.</summary>
    internal static LinearMap? Of(Adapter adapter) => adapter.Matrix() is { } matrix ? new(matrix) : null;

    /// <summary>x = M⁻¹·y for a map without shift: the map that unmerges an adapter.</summary>
    /// <exception cref="MergeRefusedException">M has no inverse.</exception>
    internal LinearMap Inverse()
    {
        try
        {
            return new(Matrix.Inverse());
        }
        catch (GraftException error) when (error.Failure == Failure.Runtime)
        {
            throw new MergeRefusedException("Its matrix has no inverse, so it cannot be unmerged.", "Use the weights from before the merge.");
        }
    }
}
