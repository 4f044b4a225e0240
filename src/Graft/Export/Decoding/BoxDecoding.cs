namespace Graft.Export;

/// <summary>Boxes and scores of all anchor points, as YOLOv8's loaders read them: B×(4+N)×P, rows centre x, centre y, width, height in input
/// pixels, then a score per class.</summary>
internal static class BoxDecoding
{
    /// <summary>Adds the decoding.</summary>
    internal static string Add(HeadMaps head)
    {
        GraphBuilder graph = head.Graph;
        (string near, string far, string strides) = Corners(head);
        string centre = graph.Add("Mul", [graph.Add("Add", [near, far]), graph.Scalar(0.5)]);
        string box = graph.Add("Mul", [graph.Add("Concat", [centre, graph.Add("Sub", [far, near])], ("axis", 1)), strides]);
        return graph.Add("Concat", [box, Scores(head)], ("axis", 1));
    }

    /// <summary>B×N×P scores.</summary>
    internal static string Scores(HeadMaps head) => head.Graph.Add("Sigmoid", [head.Rows(head.Logits)]);

    /// <summary>Corners of all boxes in cells, B×2×P each, and the strides.</summary>
    internal static (string Near, string Far, string Strides) Corners(HeadMaps head)
    {
        GraphBuilder graph = head.Graph;
        AnchorGrid anchors = head.Anchors();
        string bins = graph.Add("Reshape", [head.Rows(head.Distributions), graph.Integers(0, 4, head.Bins, -1)]);       // B×4×bins×P
        string shares = graph.Add("Softmax", [bins], ("axis", 2));
        string ramp = graph.Constant("bins", [.. Enumerable.Range(0, (int)head.Bins).Select(bin => (float)bin)], 1, 1, head.Bins, 1);
        string distances = graph.Add("ReduceSum", [graph.Add("Mul", [shares, ramp]), graph.Integers(2)], ("keepdims", 0));   // B×4×P
        string[] sides = graph.AddMany("Split", [distances, graph.Integers(2, 2)], 2, ("axis", 1));
        return (graph.Add("Sub", [anchors.Centres, sides[0]]), graph.Add("Add", [anchors.Centres, sides[1]]), anchors.Strides);
    }
}
