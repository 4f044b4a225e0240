using Graft.Torch;

namespace Graft.Models.Blocks;

/// <summary>Operations that overwrite their first operand where no gradient needs it; it must be a fresh tensor that nothing else
/// reads.</summary>
internal static class Overwriting
{
    /// <summary>fresh + other.</summary>
    internal static Tensor Plus(this Tensor fresh, Tensor other)
        => fresh.RequiresGrad || other.RequiresGrad ? fresh + other : fresh.AddInPlace(other);

    /// <summary>SiLU of a fresh tensor.</summary>
    internal static Tensor Activated(this Tensor fresh) => fresh.RequiresGrad ? fresh.Silu() : fresh.SiluInPlace();
}
