using Graft.Detectors;

namespace Graft.Data;

/// <summary>One line of a YOLO label file.</summary>
/// <param name="Class">Class number as written.</param>
/// <param name="Box">Box as fractions of the image's size.</param>
/// <param name="Place">File and line, for messages.</param>
internal sealed record YoloLabel(double Class, Box Box, string Place)
{
    /// <summary>Whether the line is longer than a box.</summary>
    public bool IsLong { get; init; }

    /// <summary>Whether a long line reads as a box with points inside it; see <see cref="KeyPointLine"/>.</summary>
    public bool LooksLikeKeyPoints { get; init; }

    /// <summary>Whether a line of seven values reads as a box, a score and a whole number; see <see cref="KeyPointLine"/>.</summary>
    public bool LooksLikeTrack { get; init; }

    /// <summary>The four numbers of a plain line read as corners x1 y1 x2 y2, the most common mistake of converters.</summary>
    public Box AsCorners => new((Box.X1 + Box.X2) / 2, (Box.Y1 + Box.Y2) / 2, Box.Width, Box.Height);
}
