using System.ComponentModel.DataAnnotations;

namespace Graft.Data;

/// <summary>
/// How training images are augmented; the defaults are those of YOLO-World's small size without masks. The options of a training run
/// extend this
/// record, so that each setting has one default, one range and one key of the configuration (named as in Ultralytics where it has one).
/// </summary>
public record AugmentOptions
{
    /// <summary>No augmentation: images are only fitted into the input.</summary>
    public static AugmentOptions None { get; } = new()
    {
        Mosaic = 0,
        Scale = 0,
        Translate = 0,
        Fliplr = 0,
        HsvH = 0,
        HsvS = 0,
        HsvV = 0,
        Filters = 0,
    };

    /// <summary>Probability of a mosaic of four images.</summary>
    [Range(0.0, 1.0)]
    public double Mosaic { get; init; } = 1;

    /// <summary>Range of the random scale around 1.</summary>
    [Range(0.0, 0.99)]
    public double Scale { get; init; } = 0.5;

    /// <summary>Largest shift as a share of the side.</summary>
    [Range(0.0, 0.9)]
    public double Translate { get; init; } = 0.1;

    /// <summary>Largest rotation in degrees.</summary>
    [Range(0.0, 180.0)]
    public double Degrees { get; init; }

    /// <summary>Largest shear in degrees.</summary>
    [Range(0.0, 45.0)]
    public double Shear { get; init; }

    /// <summary>An object is dropped when the warp leaves less than this share of its area.</summary>
    [Range(0.0, 1.0)]
    public double MinAreaRatio { get; init; } = 0.1;

    /// <summary>Probability of a horizontal flip.</summary>
    [Range(0.0, 1.0)]
    public double Fliplr { get; init; } = 0.5;

    /// <summary>Probability of a vertical flip.</summary>
    [Range(0.0, 1.0)]
    public double Flipud { get; init; }

    /// <summary>Probability of mix-up.</summary>
    [Range(0.0, 1.0)]
    public double Mixup { get; init; }

    /// <summary>Range of the random hue as a share.</summary>
    [Range(0.0, 1.0)]
    public double HsvH { get; init; } = 0.015;

    /// <summary>Range of the random saturation as a share.</summary>
    [Range(0.0, 1.0)]
    public double HsvS { get; init; } = 0.7;

    /// <summary>Range of the random brightness as a share.</summary>
    [Range(0.0, 1.0)]
    public double HsvV { get; init; } = 0.4;

    /// <summary>Probability of each of: mean blur, median blur, greyscale, local contrast.</summary>
    [Range(0.0, 1.0)]
    public double Filters { get; init; } = 0.01;
}
