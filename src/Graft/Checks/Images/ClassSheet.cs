namespace Graft.Checks;

/// <summary>A sheet of cut-out boxes of one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Boxes">How many boxes it shows.</param>
/// <param name="Jpeg">The image as a JPEG file.</param>
public sealed record ClassSheet(int Label, int Boxes, byte[] Jpeg);
