namespace Graft.Data;

/// <summary>A class of objects as a COCO file lists it.</summary>
/// <param name="Id">Id by which annotations and results refer to it; ids need not be contiguous or start at 1.</param>
/// <param name="Name">Name of the class.</param>
public sealed record CocoCategory(long Id, string Name)
{
    /// <summary>Name of the group that the class belongs to; null when the file does not say.</summary>
    public string? Supercategory { get; init; }
}
