using Graft.Detectors;

namespace Graft.Export;

/// <summary>The P anchor points as values of the graph: constants, or computed where the size of the input is dynamic.</summary>
/// <param name="Centres">1×2×P in cells of each point's level.</param>
/// <param name="Strides">1×1×P, input pixels per cell.</param>
internal sealed record AnchorGrid(string Centres, string Strides)
{
    /// <summary>The anchor points of all levels, finest first.</summary>
    internal static AnchorGrid Add(GraphBuilder graph, ComputedShapes shapes, IReadOnlyList<(Size Height, Size Width)> levels, IReadOnlyList<int> strides)
    {
        if (levels.All(level => level.Height.IsFixed && level.Width.IsFixed))
        {
            Anchors anchors = Anchors.Of([.. levels.Select(level => (level.Height.Fixed, level.Width.Fixed))], strides);
            float[] centres = new float[2 * anchors.Count];
            for (int i = 0; i < anchors.Count; i++)
            {
                centres[i] = anchors.Centres[2 * i] / anchors.Strides[i];
                centres[anchors.Count + i] = anchors.Centres[(2 * i) + 1] / anchors.Strides[i];
            }

            return new(graph.Constant("anchors", centres, 1, 2, anchors.Count), graph.Constant("strides", anchors.Strides, 1, 1, anchors.Count));
        }

        string[] points = [.. levels.Select(level => Level(graph, shapes, level.Height, level.Width))];
        string[] steps = [.. levels.Select((level, i) => graph.Add(
            "Expand", [graph.Constant("stride", [strides[i]], 1, 1, 1), shapes.List([One(level.Height), One(level.Height), Area(level)])]))];
        return new(graph.Add("Concat", points, ("axis", 2)), graph.Add("Concat", steps, ("axis", 2)));
    }

    /// <summary>Centres of one level's cells, 1×2×h·w: a ramp along each axis, repeated along the other.</summary>
    private static string Level(GraphBuilder graph, ComputedShapes shapes, Size height, Size width)
    {
        string map = shapes.List([One(height), One(height), height, width]);
        string x = graph.Add("Expand", [Ramp(graph, shapes, width, [1, 1, 1, -1]), map]);
        string y = graph.Add("Expand", [Ramp(graph, shapes, height, [1, 1, -1, 1]), map]);
        return graph.Add("Reshape", [graph.Add("Concat", [x, y], ("axis", 1)), graph.Integers(1, 2, -1)]);
    }

    private static string Ramp(GraphBuilder graph, ComputedShapes shapes, Size length, long[] shape)
    {
        string count = graph.Add("Reshape", [shapes.List([length]), graph.Integers()]);
        string steps = graph.Add("Cast", [graph.Add("Range", [graph.Integer(0), count, graph.Integer(1)])], ("to", (int)Onnx.TensorProto.Types.DataType.Float));
        return graph.Add("Reshape", [graph.Add("Add", [steps, graph.Scalar(0.5)]), graph.Integers(shape)]);
    }

    private static Size One(Size like) => new([.. like.Values.Select(_ => 1L)]);

    private static Size Area((Size Height, Size Width) level) => new([.. level.Height.Values.Zip(level.Width.Values, (h, w) => h * w)]);
}
