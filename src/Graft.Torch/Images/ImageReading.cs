using System.ComponentModel.DataAnnotations;

namespace Graft.Torch.Images;

/// <summary>How image files are read.</summary>
public sealed record ImageReading
{
    /// <summary>Significant bits of 16-bit images, whose values are divided by 2^(bits − 8) and clamped; null: all 16.</summary>
    [Range(8, 16)]
    public int? Depth { get; init; }

    /// <summary>Whether a damaged file (cut off or corrupt) is read as far as it goes; otherwise it is refused.</summary>
    public bool UseDamaged { get; init; }
}
