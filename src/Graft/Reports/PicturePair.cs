using Graft.Imaging;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>One picture with what is true and what was found.</summary>
/// <param name="Image">The picture; it stays the caller's and is not drawn into.</param>
/// <param name="Title">What stands above it, such as its file name.</param>
/// <param name="Truth">Annotated boxes in pixels of the picture.</param>
/// <param name="Found">Detected boxes in pixels of the picture.</param>
public sealed record PicturePair(Image Image, string Title, IReadOnlyList<DrawnBox> Truth, IReadOnlyList<DrawnBox> Found);
