using Graft.Detectors;

namespace Graft.Export;

/// <summary>Non-maximum suppression inside the graph: 1×K×6, corners in input pixels, score, class; best first, padded with zeros.</summary>
internal static class EmbeddedSuppression
{
    /// <summary>Adds decoding and suppression for one image.</summary>
    /// <param name="head">The head's outputs.</param>
    /// <param name="options">Thresholds and K.</param>
    internal static string Add(HeadMaps head, PostProcessOptions options)
    {
        GraphBuilder graph = head.Graph;
        (string near, string far, string strides) = BoxDecoding.Corners(head);
        string corners = graph.Add("Mul", [graph.Add("Concat", [near, far], ("axis", 1)), strides]);
        string boxes = graph.Add("Transpose", [corners], ("perm", new long[] { 0, 2, 1 }));                          // 1×P×4
        string scores = BoxDecoding.Scores(head);                                                                  // 1×N×P
        string limit = graph.Integers(options.MaxPerImage);
        string kept = graph.Add(
            "NonMaxSuppression", [boxes, scores, limit, Number(graph, options.IouThreshold), Number(graph, options.ScoreThreshold)]);   // M×3
        string values = graph.Add("GatherND", [scores, kept]);
        string count = graph.Add("Min", [graph.Add("Shape", [values]), limit]);
        string[] best = graph.AddMany("TopK", [values, count], 2, ("axis", 0));
        string chosen = graph.Add("Gather", [kept, best[1]], ("axis", 0));                                           // k×3
        string[] parts = graph.AddMany("Split", [chosen, graph.Integers(1, 1, 1)], 3, ("axis", 1));
        string at = graph.Add("Reshape", [parts[2], graph.Integers(-1)]);
        string found = graph.Add("Gather", [graph.Add("Reshape", [boxes, graph.Integers(-1, 4)]), at], ("axis", 0));
        string score = graph.Add("Unsqueeze", [best[0], graph.Integers(1)]);
        string label = graph.Add("Cast", [parts[1]], ("to", (int)Onnx.TensorProto.Types.DataType.Float));
        string rows = graph.Add("Concat", [found, score, label], ("axis", 1));                                       // k×6
        string missing = graph.Add("Sub", [limit, count]);
        string pads = graph.Add("Concat", [graph.Integers(0, 0), missing, graph.Integers(0)], ("axis", 0));
        return graph.Add("Reshape", [graph.Add("Pad", [rows, pads]), graph.Integers(1, options.MaxPerImage, 6)]);
    }

    private static string Number(GraphBuilder graph, double value) => graph.Constant("threshold", [(float)value], 1);
}
