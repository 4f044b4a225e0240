namespace Graft.Runtime.Postprocessing;

/// <summary>A detection before it gets its name.</summary>
/// <param name="Label">Class.</param>
/// <param name="Score">Confidence.</param>
/// <param name="Box">In pixels of the whole image.</param>
/// <param name="Tile">Index of the image or tile that it was found in.</param>
internal readonly record struct Piece(int Label, float Score, Box Box, int Tile);
