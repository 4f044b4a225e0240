using Graft.Torch;

namespace Graft.Models.Blocks;

/// <summary>Feature maps at strides 8, 16 and 32.</summary>
/// <param name="P3">B×c3×H/8×W/8.</param>
/// <param name="P4">B×c4×H/16×W/16.</param>
/// <param name="P5">B×c5×H/32×W/32.</param>
public readonly record struct Pyramid(Tensor P3, Tensor P4, Tensor P5)
{
    /// <summary>Three maps, finest first.</summary>
    public static Pyramid Of(IReadOnlyList<Tensor> maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        return new Pyramid(maps[0], maps[1], maps[2]);
    }

    /// <summary>The maps, finest first.</summary>
    public Tensor[] Levels => [P3, P4, P5];

    /// <summary>The same maps, which outlive a scope.</summary>
    internal Pyramid KeptFrom(TensorScope scope)
    {
        Array.ForEach(Levels, map => scope.Keep(map));
        return this;
    }
}
