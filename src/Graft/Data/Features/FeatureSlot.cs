namespace Graft.Data;

/// <summary>One augmented view of a training image.</summary>
/// <param name="Image">Index of the image in its data set.</param>
/// <param name="View">Index of the view, from 0.</param>
/// <param name="Closing">Whether the view is one of the last epochs, without mosaic and mix-up.</param>
public readonly record struct FeatureSlot(int Image, int View, bool Closing);
