using Graft.Detectors;

namespace Graft.Export;

/// <summary>The raw outputs of the head as values of the graph, and what decoding needs to know about them.</summary>
internal sealed class HeadMaps
{
    /// <summary>Gathers the outputs of a translated network.</summary>
    internal HeadMaps(NetworkRecording recording, GraphTranslation translation)
    {
        RawDetections raw = recording.Outputs;
        (Graph, Shapes) = (translation.Builder, translation.Shapes);
        Logits = [.. raw.Logits.Select(translation.ValueOf)];
        Distributions = [.. raw.Distributions.Select(translation.ValueOf)];
        Size[] shape = recording.ShapeOf(raw.Logits[0]);
        (Batch, Classes) = (shape[0], shape[1]);
        Bins = recording.ShapeOf(raw.Distributions[0])[1].Fixed / 4;
        Levels = [.. raw.Logits.Select(map => (recording.ShapeOf(map)[2], recording.ShapeOf(map)[3]))];
        Strides = recording.Subject.Strides;
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
