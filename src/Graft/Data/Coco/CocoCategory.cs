namespace Graft.Data;

/// <summary>A class of objects as a COCO file lists it.</summary>
/// <param name="Id">Number by which annotations and results refer to it; need not be contiguous nor begin at 1.</param>
/// <param name="Name">Name of the class.</param>
public sealed record CocoCategory(long Id, string Name)
{
    /// <summary>Name of the group that the class belongs to; null when the file does not say.</summary>
    public string? Supercategory { get; init; }
}
