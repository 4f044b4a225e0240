using Graft.Imaging;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>One image with its annotations and detections.</summary>
/// <param name="Image">The image; it stays the caller's and is not drawn into.</param>
/// <param name="Title">What stands above it, such as its file name.</param>
/// <param name="Truth">Annotated boxes in pixels of the image.</param>
/// <param name="Found">Detected boxes in pixels of the image.</param>
public sealed record PicturePair(Image Image, string Title, IReadOnlyList<DrawnBox> Truth, IReadOnlyList<DrawnBox> Found);
