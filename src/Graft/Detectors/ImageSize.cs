namespace Graft.Detectors;

/// <summary>Sides of a network's input.</summary>
public static class ImageSize
{
    /// <summary>Sides are multiples of the coarsest stride, in pixels.</summary>
    public const int Multiple = 32;

    /// <summary>Whether all sides are multiples of <see cref="Multiple"/>.</summary>
    /// <param name="sides">Sides in pixels.</param>
    public static bool Fits(params ReadOnlySpan<long> sides)
    {
        foreach (long side in sides)
        {
            if (side % Multiple != 0)
            {
                return false;
            }
        }

        return true;
    }
}
