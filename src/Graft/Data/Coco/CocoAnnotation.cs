namespace Graft.Data;

/// <summary>An annotation of a COCO file.</summary>
/// <param name="Id">Number of the annotation.</param>
/// <param name="ImageId">Number of its image.</param>
/// <param name="CategoryId">Number of its class.</param>
/// <param name="X">Left edge in pixels.</param>
/// <param name="Y">Upper edge in pixels.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Area">Area in square pixels: of the mask where there is one, else of the box.</param>
/// <param name="Crowd">True for a region of many objects: matched by any number of detections, never a miss.</param>
/// <param name="Ignore">True when training should skip it; evaluation ignores this flag.</param>
/// <param name="Attributes">Texts of its <c>attributes</c>, as CVAT writes them; null: none. Equal ones are one object.</param>
public readonly record struct CocoAnnotation(
    long Id,
    long ImageId,
    long CategoryId,
    double X,
    double Y,
    double Width,
    double Height,
    double Area,
    bool Crowd = false,
    bool Ignore = false,
    IReadOnlyDictionary<string, string>? Attributes = null);
