using Graft.Torch.Interop;

namespace Graft.Torch.Images;

/// <summary>Drawing into the image; positions are pixels, with fractions.</summary>
public sealed unsafe partial class Image
{
    /// <summary>A rectangle by two corners; a negative thickness fills it.</summary>
    public void Rectangle(double x1, double y1, double x2, double y2, Colour colour, int thickness = 1)
    {
        double* paint = stackalloc double[3];
        colour.Write(paint);
        Native.Check(Native.graft_image_rectangle(this, x1, y1, x2, y2, paint, thickness), "rectangle");
    }
}
