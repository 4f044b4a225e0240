using Graft.Detectors;
using Onnx;

namespace Graft.Export;

/// <summary>Non-maximum suppression inside the graph: B×K×6, corners in input pixels, score, class; for each image best first, padded with
/// zeros.</summary>
internal static class EmbeddedSuppression
{
    /// <summary>Adds decoding and suppression for any number of images.</summary>
    /// <param name="head">The head's outputs.</param>
    /// <param name="options">Thresholds and K; boxes of one class suppress each other, and an anchor point may give one box per class.</param>
    internal static string Add(HeadMaps head, PostProcessOptions options)
    {
        GraphBuilder graph = head.Graph;
        (string near, string far, string strides) = BoxDecoding.Corners(head);
        string corners = graph.Add("Mul", [graph.Add("Concat", [near, far], ("axis", 1)), strides]);
        string boxes = graph.Add("Transpose", [corners], ("perm", new long[] { 0, 2, 1 }));                          // B×P×4
        string scores = BoxDecoding.Scores(head);                                                                  // B×N×P
        string limit = graph.Integers(options.MaxPerImage);
        string kept = graph.Add(
            "NonMaxSuppression", [boxes, scores, limit, Number(graph, options.IouThreshold), Number(graph, options.ScoreThreshold)]);   // M×3
        string values = graph.Add("GatherND", [scores, kept]);
        string[] best = graph.AddMany("TopK", [values, graph.Add("Shape", [values])], 2, ("axis", 0));                // of all images
        string[] parts = graph.AddMany("Split", [graph.Add("Gather", [kept, best[1]], ("axis", 0)), graph.Integers(1, 1, 1)], 3, ("axis", 1));
        string found = graph.Add("GatherND", [boxes, graph.Add("Concat", [parts[0], parts[2]], ("axis", 1))]);
        string score = graph.Add("Unsqueeze", [best[0], graph.Integers(1)]);
        string label = graph.Add("Cast", [parts[1]], ("to", (int)TensorProto.Types.DataType.Float));
        string rows = graph.Add("Concat", [found, score, label], ("axis", 1));                                       // M×6
        string place = Places(head, parts[0]), inside = graph.Add("LessOrEqual", [place, limit]);                     // M×1
        string to = graph.Add("Sub", [graph.Add("Add", [graph.Add("Mul", [parts[0], limit]), place]), graph.Integers(1)]);
        string choice = graph.Add("Reshape", [inside, graph.Integers(-1)]);
        string empty = graph.Add("Expand", [graph.Constant("zero", [0f], 1, 1), head.Shapes.List([Each(head, images => images * options.MaxPerImage), Each(head, _ => 6)])]);
        string filled = graph.Add("ScatterND", [empty, Chosen(to), Chosen(rows)]);                                    // B·K×6
        return graph.Add("Reshape", [filled, graph.Integers(-1, options.MaxPerImage, 6)]);

        string Chosen(string of) => graph.Add("Compress", [of, choice], ("axis", 0));
    }

    /// <summary>How many of the M×1 images up to each row are that row's image: its place among the boxes of its image, from 1.</summary>
    private static string Places(HeadMaps head, string images)
    {
        GraphBuilder graph = head.Graph;
        string all = head.Batch.IsFixed
            ? graph.Integers([.. Enumerable.Range(0, (int)head.Batch.Fixed).Select(image => (long)image)])
            : graph.Add("Range", [graph.Integer(0), graph.Add("Reshape", [head.Shapes.List([head.Batch]), graph.Integers()]), graph.Integer(1)]);
        string own = graph.Add("Cast", [graph.Add("Equal", [images, all])], ("to", (int)TensorProto.Types.DataType.Int32));        // M×B
        string counts = graph.Add("Mul", [graph.Add("CumSum", [own, graph.Integer(0)]), own]);
        string place = graph.Add("ReduceSum", [counts, graph.Integers(1)], ("keepdims", 1));
        return graph.Add("Cast", [place], ("to", (int)TensorProto.Types.DataType.Int64));
    }

    private static Size Each(HeadMaps head, Func<long, long> length) => new([.. head.Batch.Values.Select(length)]);

    private static string Number(GraphBuilder graph, double value) => graph.Constant("threshold", [(float)value], 1);
}
