using System.ComponentModel.DataAnnotations;

namespace Graft.Data;

/// <summary>How training images are varied; the defaults are those of YOLO-World's small size without masks.</summary>
public sealed record AugmentOptions
{
    /// <summary>No variation at all: images are only fitted.</summary>
    public static AugmentOptions None { get; } = new()
    {
        Mosaic = 0,
        Scale = 0,
        Translate = 0,
        FlipHorizontal = 0,
        Hue = 0,
        Saturation = 0,
        Value = 0,
        Rare = 0,
    };

    /// <summary>Chance of a mosaic of four images.</summary>
    [Range(0.0, 1.0)]
    public double Mosaic { get; init; } = 1;

    /// <summary>Chance of mixing with a second image.</summary>
    [Range(0.0, 1.0)]
    public double MixUp { get; init; }

    /// <summary>Scale varies uniformly by this share around 1.</summary>
    [Range(0.0, 0.99)]
    public double Scale { get; init; } = 0.5;

    /// <summary>Shift by up to this share of the side.</summary>
    [Range(0.0, 0.9)]
    public double Translate { get; init; } = 0.1;

    /// <summary>Rotation by up to so many degrees.</summary>
    [Range(0.0, 180.0)]
    public double Rotation { get; init; }

    /// <summary>Shear by up to so many degrees.</summary>
    [Range(0.0, 45.0)]
    public double Shear { get; init; }

    /// <summary>Objects of which the warp leaves less than this share of their area are dropped.</summary>
    [Range(0.0, 1.0)]
    public double MinAreaRatio { get; init; } = 0.1;

    /// <summary>Chance of mirroring left to right.</summary>
    [Range(0.0, 1.0)]
    public double FlipHorizontal { get; init; } = 0.5;

    /// <summary>Chance of mirroring top to bottom.</summary>
    [Range(0.0, 1.0)]
    public double FlipVertical { get; init; }

    /// <summary>Hue varies by this share.</summary>
    [Range(0.0, 1.0)]
    public double Hue { get; init; } = 0.015;

    /// <summary>Saturation varies by this share.</summary>
    [Range(0.0, 1.0)]
    public double Saturation { get; init; } = 0.7;

    /// <summary>Brightness varies by this share.</summary>
    [Range(0.0, 1.0)]
    public double Value { get; init; } = 0.4;

    /// <summary>Chance of each of: mean blur, median blur, grey, local contrast.</summary>
    [Range(0.0, 1.0)]
    public double Rare { get; init; } = 0.01;
}
