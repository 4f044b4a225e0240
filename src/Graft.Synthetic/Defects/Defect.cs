namespace Graft.Synthetic;

/// <summary>A defect class: its appearance and its prompts.</summary>
internal abstract class Defect
{
    /// <summary>Every defect in the order of its category id.</summary>
    public static IReadOnlyList<Defect> All { get; } =
    [
        new Scratch(), new Dent(), new Hole(), new Stain(), new Crack(), new MissingPart(), new Contamination(), new Discoloration(),
        new Gouge(), new EdgeChip(), new Rust(), new BurnMark(), new LooseFibre(), new Bubble(),
    ];

    /// <summary>Its class and prompts.</summary>
    public abstract SyntheticClass Class { get; }

    /// <summary>The probability that this defect is kept on a material: 0 where it makes no sense.</summary>
    public virtual double Suits(Material material) => 1;
}
