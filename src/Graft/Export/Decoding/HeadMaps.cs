using Graft.Torch;

namespace Graft.Export;

/// <summary>The raw outputs of the head as values of the graph, and what decoding needs to know about them.</summary>
internal sealed class HeadMaps
{
    /// <summary>Values of a graph that hold a head's outputs.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shapes">Shapes that depend on the size of the input.</param>
    /// <param name="logits">Names and shapes of the class logits, per level.</param>
    /// <param name="distributions">Names and shapes of the distributions, per level.</param>
    /// <param name="strides">Input pixels per cell of each level.</param>
    internal HeadMaps(
        GraphBuilder graph, ComputedShapes shapes, IReadOnlyList<(string Name, Size[] Shape)> logits, IReadOnlyList<(string Name, Size[] Shape)> distributions,
        IReadOnlyList<int> strides)
    {
        (Graph, Shapes, Strides) = (graph, shapes, strides);
        (Logits, Distributions) = ([.. logits.Select(map => map.Name)], [.. distributions.Select(map => map.Name)]);
        (Batch, Classes, Bins) = (logits[0].Shape[0], logits[0].Shape[1], distributions[0].Shape[1].Fixed / 4);
        Levels = [.. logits.Select(map => (map.Shape[2], map.Shape[3]))];
    }

    /// <summary>The outputs of a translated network.</summary>
    internal static HeadMaps Of(NetworkRecording recording, GraphTranslation translation)
    {
        (string, Size[])[] Named(Tensor[] maps) => [.. maps.Select(map => (translation.ValueOf(map), recording.ShapeOf(map)))];
        return new HeadMaps(
            translation.Builder, translation.Shapes, Named(recording.Outputs.Logits), Named(recording.Outputs.Distributions), recording.Subject.Strides);
    }

    /// <summary>The graph.</summary>
    internal GraphBuilder Graph { get; }

    /// <summary>Shapes that depend on the size of the input.</summary>
    internal ComputedShapes Shapes { get; }

    /// <summary>Per level B×N×h×w class logits.</summary>
    internal IReadOnlyList<string> Logits { get; }

    /// <summary>Per level B×4·bins×h×w.</summary>
    internal IReadOnlyList<string> Distributions { get; }

    /// <summary>Images.</summary>
    internal Size Batch { get; }

    /// <summary>N.</summary>
    internal Size Classes { get; }

    /// <summary>Bins of a side's distribution.</summary>
    internal long Bins { get; }

    /// <summary>Height and width of each level.</summary>
    internal IReadOnlyList<(Size Height, Size Width)> Levels { get; }

    /// <summary>Input pixels per cell of each level.</summary>
    internal IReadOnlyList<int> Strides { get; }

    /// <summary>Number of anchor points; null where the size is dynamic.</summary>
    internal long? Points => Levels.All(level => level.Height.IsFixed && level.Width.IsFixed) ? Levels.Sum(level => level.Height.Fixed * level.Width.Fixed) : null;

    /// <summary>Maps of all levels side by side: B×C×P.</summary>
    internal string Rows(IReadOnlyList<string> maps) => Graph.Add("Concat", [.. maps.Select(map => Graph.Add("Reshape", [map, Graph.Integers(0, 0, -1)]))], ("axis", 2));

    /// <summary>The anchor points.</summary>
    internal AnchorGrid Anchors() => AnchorGrid.Add(Graph, Shapes, Levels, Strides);
}
