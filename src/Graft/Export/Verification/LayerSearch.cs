using System.Globalization;
using Google.Protobuf;
using Graft.Files;
using Graft.Rewriting;
using Graft.Torch;
using Onnx;

namespace Graft.Export;

/// <summary>Finds the layer at which an exported graph leaves its network, by halving the list of operators.</summary>
internal static class LayerSearch
{
    /// <summary>Names the first operator whose result differs.</summary>
    /// <param name="graph">The graph before simplification.</param>
    /// <param name="subject">The network that was recorded.</param>
    /// <param name="images">The input on which the outputs differ.</param>
    /// <param name="text">The text, where it is an input.</param>
    /// <param name="tolerance">Limits of a difference.</param>
    /// <param name="adapter">The adapter that the graph runs with, whose network takes the place of the recorded one; null: none.</param>
    internal static string First(ExportedGraph graph, Subject subject, Tensor images, Tensor? text, ExportTolerance tolerance, AdaptedSource? adapter)
    {
        ModelProto whole = adapter is null ? graph.Whole : WithValues(graph.Whole, OnnxAdapterFile.Read(adapter.Name, adapter.File));
        subject = adapter?.Network() ?? subject;
        int good = -1, bad = graph.Values.Count;
        double worst = 0;
        while (bad - good > 1)
        {
            int middle = (good + bad) / 2;
            (bool passes, double difference) = Compare(whole, graph.Values[middle], subject, images, text, tolerance);
            (good, bad, worst) = passes ? (middle, bad, worst) : (good, middle, difference);
        }

        return bad == graph.Values.Count
            ? "all layers agree by themselves, so the difference arises in decoding or simplification"
            : string.Create(CultureInfo.InvariantCulture, $"the layer {graph.Values[bad].Layer} ({graph.Values[bad].Operator}) is the first that differs, by {worst:g3}");
    }

    private static (bool Passes, double Difference) Compare(
        ModelProto whole, TranslatedValue value, Subject subject, Tensor images, Tensor? text, ExportTolerance tolerance)
    {
        using TensorScope scope = TensorScope.Begin();
        float[] expected = [];
        Tensor input = images.To(MemoryFormat.ChannelsLast);
        using (OperationRecorder recorder = new(text is null ? [input] : [input, text]) { Observer = Keep })
        {
            subject.Network.Predict(input, text ?? subject.Text(DType.Float));
        }

        Tensor found = OnnxRun.Inner(whole, value.Value, images, text);
        return tolerance.Compare(expected, found.ToSingles());

        void Keep(int at, Operation operation)
        {
            if (at == value.Number)
            {
                expected = operation.Outputs.First(output => output is not null).ToSingles();
            }
        }
    }

    /// <summary>The graph with an adapter's values as its constants.</summary>
    private static ModelProto WithValues(ModelProto model, OnnxAdapterFile adapter)
    {
        ModelProto adapted = model.Clone();
        Dictionary<string, TensorProto> constants = adapted.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        foreach (WeightData parameter in adapter.Parameters)
        {
            using MemoryStream bytes = new();
            parameter.ForEachChunk(bytes.Write);
            constants[parameter.Name].RawData = ByteString.CopyFrom(bytes.ToArray());
        }

        return adapted;
    }
}
