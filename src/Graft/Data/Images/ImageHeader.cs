using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Reads the size of images without decoding them.</summary>
public static class ImageHeader
{
    /// <summary>
    /// Width and height in pixels of the upright image, as decoding gives them; decodes formats other than PNG, JPEG, BMP, WebP and TIFF.
    /// </summary>
    /// <exception cref="GraftException">Of kind Data: missing, no image or too large.</exception>
    public static (int Width, int Height) ReadSize(string path) => Image.ReadSize(path);
}
