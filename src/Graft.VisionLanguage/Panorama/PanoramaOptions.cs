using System.Globalization;

namespace Graft.VisionLanguage;

/// <summary>Settings of the views of a panorama.</summary>
public sealed record PanoramaOptions
{
    /// <summary>The crop strategy.</summary>
    public CropStrategy Strategy { get; init; } = CropStrategy.AnyresE2p;

    /// <summary>Field of view in degrees, above 0 and below 180.</summary>
    public double FovDegrees { get; init; } = 90;

    /// <summary>Share of a view that overlaps its neighbour, at least 0 and below 1.</summary>
    public double Overlap { get; init; } = 0.5;

    /// <summary>Lower edge of the lowest ring of <see cref="CropStrategy.AnyresE2p"/>.</summary>
    public double PitchMin { get; init; } = -45;

    /// <summary>Upper edge of the highest ring of <see cref="CropStrategy.AnyresE2p"/>.</summary>
    public double PitchMax { get; init; } = 45;

    /// <summary>Side of a rendered perspective tile, in pixels.</summary>
    public int TileSide { get; init; } = 672;

    /// <summary>Side of the square around the whole panorama.</summary>
    public int GlobalSide { get; init; } = 336;

    internal PanoramaOptions Checked()
    {
        if (FovDegrees is not (> 0 and < 180))
        {
            throw new GraftException(Failure.Usage, string.Create(CultureInfo.InvariantCulture, $"fov_deg is {FovDegrees}; expected more than 0 and less than 180 degrees."));
        }

        if (Overlap is not (>= 0 and < 1))
        {
            throw new GraftException(Failure.Usage, string.Create(CultureInfo.InvariantCulture, $"overlap_ratio is {Overlap}; expected at least 0 and less than 1."));
        }

        return this;
    }
}
