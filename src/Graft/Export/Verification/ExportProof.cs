namespace Graft.Export;

/// <summary>The differences between an exported model in ONNX Runtime and the model that it was exported from.</summary>
/// <param name="MaxAbs">Largest absolute difference of a raw output: class logits and distributions of box sides.</param>
/// <param name="Boxes">Final boxes compared.</param>
/// <param name="BoxesMaxPx">Largest distance of their sides, in pixels.</param>
/// <param name="ScoresMax">Largest difference of their scores.</param>
/// <param name="Images">Real images compared.</param>
/// <param name="Inputs">All inputs compared, real and random.</param>
public sealed record ExportProof(double MaxAbs, int Boxes, double BoxesMaxPx, double ScoresMax, int Images, int Inputs)
{
    /// <summary>Final boxes that the graph chose among its candidates as the engine does; 0 for a graph that returns the candidates.</summary>
    public int Chosen { get; init; }

    /// <summary>What rounding the weights to float16 does to the boxes of the real images; null without it.</summary>
    public Rewriting.BoxComparison? Half { get; init; }
}
