namespace Graft.Export;

/// <summary>The best predictions of a head that predicts each object once (YOLOv10): B×K×6, corners in input pixels, score, class; best
/// first, without NMS.</summary>
internal static class EmbeddedSelection
{
    /// <summary>Adds the selection: first the best anchor points by their best class, then the best pairs of these and a class.</summary>
    /// <param name="head">The head's outputs.</param>
    /// <param name="limit">K. Of a fixed size with fewer candidates, K is their number; of a dynamic one, rows of zeros follow them.</param>
    internal static string Add(HeadMaps head, int limit)
    {
        GraphBuilder graph = head.Graph;
        long classes = head.Classes.Fixed;
        string logits = Transposed(graph, head.Rows(head.Logits));                                                     // B×P×N
        string best = graph.Add("ReduceMax", [logits], ("axes", new long[] { 2 }), ("keepdims", 0));
        string candidates = graph.AddMany("TopK", [best, Count(head, best, limit, head.Points)], 2, ("axis", 1))[1];   // B×k
        string pairs = graph.Add("Reshape", [Pick(graph, logits, candidates, classes), graph.Integers(0, -1)]); // B×k·N
        string kept = Count(head, pairs, limit, Math.Min(limit, head.Points ?? limit) * classes);
        string[] chosen = graph.AddMany("TopK", [pairs, kept], 2, ("axis", 1));
        string label = graph.Add("Mod", [chosen[1], graph.Integer(classes)]);
        string places = graph.Add("GatherElements", [candidates, graph.Add("Div", [chosen[1], graph.Integer(classes)])], ("axis", 1));

        string rows = Pick(graph, Transposed(graph, head.Rows(head.Distributions)), places, 4 * head.Bins);
        string shares = graph.Add("Softmax", [graph.Add("Reshape", [rows, graph.Integers(0, 0, 4, head.Bins)])], ("axis", 3));
        string ramp = graph.Constant("bins", [.. Enumerable.Range(0, (int)head.Bins).Select(bin => (float)bin)], head.Bins, 1);
        string distances = graph.Add("Reshape", [graph.Add("MatMul", [shares, ramp]), graph.Integers(0, 0, 4)]);        // B×K×4
        string[] sides = graph.AddMany("Split", [distances, graph.Integers(2, 2)], 2, ("axis", 2));
        AnchorGrid anchors = head.Anchors();
        string centres = At(graph, anchors.Centres, places, 2), strides = At(graph, anchors.Strides, places, 1);
        string near = graph.Add("Mul", [graph.Add("Sub", [centres, sides[0]]), strides]);
        string far = graph.Add("Mul", [graph.Add("Add", [centres, sides[1]]), strides]);
        string score = graph.Add("Unsqueeze", [graph.Add("Sigmoid", [chosen[0]]), graph.Integers(2)]);
        string number = graph.Add("Unsqueeze", [graph.Add("Cast", [label], ("to", (int)Onnx.TensorProto.Types.DataType.Float)), graph.Integers(2)]);
        string found = graph.Add("Concat", [near, far, score, number], ("axis", 2));
        return head.Points is not null ? found : graph.Add(
            "Pad", [found, graph.Add("Concat", [graph.Integers(0, 0, 0, 0), graph.Add("Sub", [graph.Integers(limit), kept]), graph.Integers(0)], ("axis", 0))]);
    }

    /// <summary>The smaller of a limit and the length of a value's second axis.</summary>
    private static string Count(HeadMaps head, string value, long limit, long? length)
    {
        GraphBuilder graph = head.Graph;
        return head.Points is not null ? graph.Integers(Math.Min(limit, length!.Value))
            : graph.Add("Min", [graph.Integers(limit), graph.Add("Gather", [graph.Add("Shape", [value]), graph.Integers(1)], ("axis", 0))]);
    }

    private static string Transposed(GraphBuilder graph, string rows) => graph.Add("Transpose", [rows], ("perm", new long[] { 0, 2, 1 }));

    /// <summary>Rows of B×P×C at B×K places.</summary>
    private static string Pick(GraphBuilder graph, string rows, string places, long channels)
    {
        string indices = graph.Add("Expand", [graph.Add("Unsqueeze", [places, graph.Integers(2)]), graph.Integers(1, 1, channels)]);
        return graph.Add("GatherElements", [rows, indices], ("axis", 1));
    }

    /// <summary>Columns of 1×C×P at B×K places: B×K×C.</summary>
    private static string At(GraphBuilder graph, string table, string places, long channels)
    {
        string rows = graph.Add("Reshape", [Transposed(graph, table), graph.Integers(-1, channels)]);
        return graph.Add("Gather", [rows, places], ("axis", 0));
    }
}
