namespace Graft.Synthetic;

/// <summary>A surface that defects are painted on.</summary>
internal abstract class Material
{
    /// <summary>Every material; the order determines what a seed draws.</summary>
    public static IReadOnlyList<Material> All { get; } =
        [new BrushedMetal(), new Fabric(), new Wood(), new CircuitBoard(), new CeramicTile(), new Leather()];

    /// <summary>Its name in lower case.</summary>
    public abstract string Name { get; }

    /// <summary>The part mounted on it in rows; a missing one leaves a seat.</summary>
    public abstract Part Part { get; }

    /// <summary>Paints the clean surface.</summary>
    public abstract Surface Paint(SplitMix64 random);
}
