using System.Globalization;
using Graft.Detectors;
using Graft.Torch;

namespace Graft.Export;

/// <summary>Compares the final boxes that a graph chooses with those that the engine chooses among the graph's own candidates, so that rounding
/// in the network changes neither.</summary>
/// <remarks>NMS: labels, scores and corners are equal in all bits, because both sides compute overlaps in float32 from the same numbers. The graph
/// ranks equal scores by class, then anchor point, the engine by anchor point, then class; boxes of one class keep the same order. Selection
/// without NMS: the same logits are ranked, so labels are equal; boxes and scores are decoded by either side and differ by rounding. Boxes with
/// equal scores may stand in any order, and where they reach the last row any of them may fill it.</remarks>
/// <param name="network">The engine's network.</param>
/// <param name="options">Form of the model, thresholds.</param>
/// <param name="tolerance">Limits of decoded values.</param>
internal sealed class SelectionCheck(DetectionNetwork network, ExportOptions options, ExportTolerance tolerance)
{
    // Eight units in the last place of float32, relative.
    private const double SigmoidRounding = 1e-6;

    /// <summary>Compares the rows of all images.</summary>
    /// <param name="found">The graph's output and candidates.</param>
    /// <param name="fittings">One per image.</param>
    /// <returns>The number of boxes that were compared, and what differs, null: nothing.</returns>
    internal (int Boxes, string? Objection) Compare(ObservedOutput found, IReadOnlyList<Fitting> fittings)
    {
        // The graph has no limit of candidates; without NMS it has no threshold.
        PostProcessOptions thresholds = options.Thresholds with
        {
            Candidates = int.MaxValue,
            ScoreThreshold = network.IsEndToEnd ? -1 : options.Thresholds.ScoreThreshold,
        };
        Detection[][] expected = found.Candidates is (var corners, var scores)
            ? PostProcess.Run(corners, scores, fittings, thresholds)
            : EndToEndSelection.Of(found.Raw, network.Strides, thresholds.MaxPerImage).ToDetections(fittings, thresholds.ScoreThreshold);
        Detection[][] rows = OnnxOutput.Detections(found.Output, fittings, thresholds, final: true);
        return (expected.Sum(boxes => boxes.Length), expected.Zip(rows, Objection).FirstOrDefault(objection => objection is not null));
    }

    private string? Objection(Detection[] expected, Detection[] found)
    {
        if (expected.Length != found.Length)
        {
            return $"of the graph's candidates the engine keeps {Counted.Of(expected.Length, "box", "boxes")}, the graph {found.Length}";
        }

        for (int start = 0, end; start < expected.Length; start = end)
        {
            end = start + 1;
            while (end < expected.Length && AreTied(expected[end - 1].Score, expected[end].Score))
            {
                end++;
            }

            List<Detection> rest = [.. found[start..end]];
            bool isCut = end == options.Thresholds.MaxPerImage;
            foreach (Detection box in expected[start..end])
            {
                int partner = rest.FindIndex(other => isCut ? Near(box.Score, other.Score) : Same(box, other));
                if (partner < 0)
                {
                    return string.Create(
                        CultureInfo.InvariantCulture, $"box {start + 1} of the engine's choice among the graph's candidates has {Text(box)}, that of the graph has {Text(found[start])}");
                }

                rest.RemoveAt(partner);
            }
        }

        return null;
    }

    /// <summary>Without NMS both sides rank logits: of equal ones the sigmoid may differ in its last bits, by where it stands in a vector.</summary>
    private bool AreTied(double better, double worse) => network.IsEndToEnd ? better - worse <= better * SigmoidRounding : better == worse;

    private bool Same(Detection expected, Detection found) => !network.IsEndToEnd
        ? expected == found
        : expected.Label == found.Label && Near(expected.Score, found.Score)
            && Near(expected.Box.X1, found.Box.X1) && Near(expected.Box.Y1, found.Box.Y1) && Near(expected.Box.X2, found.Box.X2) && Near(expected.Box.Y2, found.Box.Y2);

    private bool Near(double expected, double found)
        => network.IsEndToEnd ? tolerance.Compare([(float)expected], [(float)found]).Passes : expected == found;

    private static string Text(Detection box) => string.Create(
        CultureInfo.InvariantCulture, $"class {box.Label}, score {box.Score:g6}, corners {box.Box.X1:g6} {box.Box.Y1:g6} {box.Box.X2:g6} {box.Box.Y2:g6}");
}
