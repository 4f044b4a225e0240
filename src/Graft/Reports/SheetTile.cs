using Graft.Drawing;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>One image of a contact sheet.</summary>
/// <param name="Image">The image; the caller owns it, and it is not drawn into.</param>
/// <param name="Title">The title above it, such as its file name.</param>
/// <param name="Boxes">Boxes in pixels of the image.</param>
public sealed record SheetTile(Image Image, string Title, IReadOnlyList<DrawnBox> Boxes);
