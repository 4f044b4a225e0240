namespace Graft.Data;

/// <summary>An image as a COCO file lists it.</summary>
/// <param name="Id">Number by which annotations refer to it.</param>
/// <param name="FileName">Path relative to the folder of images.</param>
/// <param name="Width">Width in pixels; 0 when the file does not say.</param>
/// <param name="Height">Height in pixels; 0 when the file does not say.</param>
public sealed record CocoImage(long Id, string FileName, int Width, int Height);
