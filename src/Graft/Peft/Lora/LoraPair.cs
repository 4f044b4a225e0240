using Graft.Files;

namespace Graft.Peft;

/// <summary>A pair of matrices to be written as an adapter.</summary>
/// <param name="Module">The module's path in the base model.</param>
/// <param name="A">The first matrix: r×in, or r×in×k… for a convolution; its name does not matter.</param>
/// <param name="B">The second matrix: out×r, or out×r×1… for a convolution; its name does not matter.</param>
/// <param name="Scaling">What their product is multiplied with.</param>
/// <param name="Groups">Groups of the adapted convolution; 1 otherwise.</param>
/// <param name="Dilation">Dilation of the adapted convolution; 1 otherwise.</param>
/// <param name="IsEmbedding">Whether the module is an embedding: A is r×entries, B is width×r.</param>
public sealed record LoraPair(
    string Module, WeightData A, WeightData B, double Scaling, long Groups = 1, long Dilation = 1, bool IsEmbedding = false)
{
    /// <summary>Rank of the update.</summary>
    public int Rank => checked((int)A.Shape[0]);
}
