namespace Graft.Synthetic;

/// <summary>One kind of damage; its file holds both how it looks and what it is called.</summary>
internal abstract class Defect
{
    /// <summary>Every defect in the order of its category id.</summary>
    public static IReadOnlyList<Defect> All { get; } =
    [
        new Scratch(), new Dent(), new Hole(), new Stain(), new Crack(), new MissingPart(), new Contamination(), new Discoloration(),
        new Gouge(), new EdgeChip(), new Rust(), new BurnMark(), new LooseFibre(), new Bubble(),
    ];

    /// <summary>Its category and its words.</summary>
    public abstract SyntheticClass Class { get; }

    /// <summary>The chance that a draw of this defect is kept on a material: 0 where it makes no sense.</summary>
    public virtual double Suits(Material material) => 1;
}
