using Graft.Drawing;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>An image with its annotations and detections.</summary>
/// <param name="Image">The image; the caller owns it, and it is not drawn into.</param>
/// <param name="Title">The title above it, such as its file name.</param>
/// <param name="Truth">Ground-truth boxes in pixels of the image.</param>
/// <param name="Found">Detected boxes in pixels of the image.</param>
public sealed record ImagePair(Image Image, string Title, IReadOnlyList<DrawnBox> Truth, IReadOnlyList<DrawnBox> Found);
