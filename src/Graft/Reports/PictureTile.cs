using Graft.Imaging;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>One image of a sheet; it stays the caller's and is not drawn into.</summary>
/// <param name="Image">The image.</param>
/// <param name="Title">What stands above it, such as its file name.</param>
/// <param name="Boxes">Boxes in pixels of the image.</param>
public sealed record PictureTile(Image Image, string Title, IReadOnlyList<DrawnBox> Boxes);
