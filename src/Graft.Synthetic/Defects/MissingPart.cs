namespace Graft.Synthetic;

/// <summary>An empty seat in an array of parts; the array paints it, see <see cref="PartArray"/>.</summary>
internal sealed class MissingPart : Defect
{
    public override SyntheticClass Class { get; } =
        new(6, "missing part", "missing part", "missing component", "absent piece", "empty slot")
        {
            HeldOutSynonyms = ["missing piece", "lost component", "omitted element"],
        };
}
