using Graft.Detectors;

namespace Graft.Data;

/// <summary>What the frozen part of a network gives for one view of an image.</summary>
/// <param name="Boxes">The view's ground-truth boxes in input pixels; their image is 0.</param>
/// <param name="Maps">The values of the maps, one map after the other, each h×w×c.</param>
public sealed record FeatureSample(IReadOnlyList<Targets.Row> Boxes, byte[] Maps);
