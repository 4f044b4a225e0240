namespace Graft.VisionLanguage;

/// <summary>How a panorama is cut into views.</summary>
public enum CropStrategy
{
    /// <summary>A ring of perspective views at the horizon; the upper and lower 5 % of each are cropped.</summary>
    E2p,

    /// <summary>The whole panorama in a black square, then a closed ring (or several) of perspective tiles.</summary>
    AnyresE2p,

    /// <summary>Upright strips of the panorama itself, as wide as the field of view, wrapping around the seam.</summary>
    SlidingWindow,

    /// <summary>Four sides of a cube: front, right, back, left.</summary>
    Cubemap,

    /// <summary>The whole panorama, resized to one square.</summary>
    Resize,

    /// <summary>The whole panorama resized to a square, then a grid of at most four square tiles.</summary>
    Anyres,

    /// <summary>As <see cref="Anyres"/> with at most nine tiles.</summary>
    AnyresMax,
}
