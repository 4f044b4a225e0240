namespace Graft.Torch.Layers;

/// <summary>Operations that overwrite their first operand where no gradient needs it; it must be a fresh tensor that nothing else reads.</summary>
public static class Overwriting
{
    /// <summary>fresh + other.</summary>
    public static Tensor Plus(this Tensor fresh, Tensor other)
        => fresh.RequiresGrad || other.RequiresGrad ? fresh + other : fresh.AddInPlace(other);

    /// <summary>SiLU of a fresh tensor.</summary>
    public static Tensor Activated(this Tensor fresh) => fresh.RequiresGrad ? fresh.Silu() : fresh.SiluInPlace();
}
