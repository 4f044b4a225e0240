namespace Graft.Synthetic;

/// <summary>Something mounted on a material: a rivet, a button, a chip.</summary>
internal abstract class Part
{
    protected const string EmptyTone = "empty";
    protected const string SeatShape = "vacant seat";

    /// <summary>Paints the part, shaded and with its shadow.</summary>
    public abstract void Mount(Surface surface, double x, double y, double radius, Light light);

    /// <summary>Paints the empty seat of a missing part.</summary>
    public abstract Draft LeaveSeat(Surface surface, double x, double y, double radius);
}
