using Google.Protobuf;
using Graft.Detectors;
using Graft.Export;
using Graft.Torch;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>What follows the head in an exported graph gives the engine's boxes, on maps whose scores are far apart.</summary>
public class DecodingTests
{
    private const int Classes = 3, Bins = 16;
    private static readonly int[] Strides = [8, 16, 32];
    private static readonly (int Height, int Width)[] Levels = [(8, 12), (4, 6), (2, 3)];
    private static readonly Fitting Whole = Fitting.None(96, 64);

    [Fact]
    public void Boxes_AndScores_OfAllAnchorPoints()
    {
        using TensorScope scope = TensorScope.Begin();
        RawDetections raw = Maps();
        Tensor output = Run(raw, BoxDecoding.Add);
        Detection[] expected = Engine(raw, new PostProcessOptions { ScoreThreshold = 0.3 });
        Same(expected, OnnxOutput.Detections(output, [Whole], new PostProcessOptions { ScoreThreshold = 0.3 }, final: false)[0]);
        Assert.True(expected.Length > 5);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(4)]
    public void SuppressionInTheGraph_KeepsTheSameBoxes(int limit)
    {
        using TensorScope scope = TensorScope.Begin();
        RawDetections raw = Maps();
        PostProcessOptions options = new() { ScoreThreshold = 0.3, IouThreshold = 0.5, MaxPerImage = limit };
        Tensor output = Run(raw, head => EmbeddedSuppression.Add(head, options));
        Assert.Equal([1, limit, 6], output.Shape);
        Same(Engine(raw, options), OnnxOutput.Detections(output, [Whole], options, final: true)[0]);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(10)]
    public void EndToEndSelection_IsThatOfTheEngine(int limit)
    {
        using TensorScope scope = TensorScope.Begin();
        RawDetections raw = Maps();
        Tensor output = Run(raw, head => EmbeddedSelection.Add(head, limit));
        Detection[] expected = EndToEndSelection.Of(raw, Strides, limit).ToDetections([Whole], 0.2)[0];
        Same(expected, OnnxOutput.Detections(output, [Whole], new PostProcessOptions { ScoreThreshold = 0.2 }, final: true)[0]);
        Assert.True(expected.Length >= 5);
    }

    private static void Same(Detection[] expected, Detection[] found)
    {
        Assert.Equal(expected.Select(box => box.Label), found.Select(box => box.Label));
        foreach ((Detection before, Detection after) in expected.Zip(found))
        {
            Assert.Equal(before.Score, after.Score, 1e-5f);
            Assert.Equal(before.Box.X1, after.Box.X1, 1e-3);
            Assert.Equal(before.Box.Y2, after.Box.Y2, 1e-3);
        }
    }

    private static Detection[] Engine(RawDetections raw, PostProcessOptions options)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Strides);
        return PostProcess.Run(boxes, scores, [Whole], options)[0];
    }

    /// <summary>Every logit is another one, so that no order depends on rounding.</summary>
    private static RawDetections Maps()
    {
        Random random = new(3);
        int count = Levels.Sum(level => level.Height * level.Width) * Classes;
        Queue<float> values = new(Enumerable.Range(0, count).Select(i => 4f * i / count - 3).Shuffle(random));
        return new RawDetections(
            [.. Levels.Select(level => Tensor.From([.. Enumerable.Range(0, Classes * level.Height * level.Width).Select(_ => values.Dequeue())], 1, Classes, level.Height, level.Width))],
            [.. Levels.Select(level => Tensor.From([.. Enumerable.Range(0, 4 * Bins * level.Height * level.Width).Select(_ => 6 * random.NextSingle())], 1, 4 * Bins, level.Height, level.Width))]);
    }

    /// <summary>Runs a graph that takes the maps and returns their decoding.</summary>
    private static Tensor Run(RawDetections raw, Func<HeadMaps, string> add)
    {
        GraphBuilder graph = new();
        Tensor[] maps = [.. raw.Logits, .. raw.Distributions];
        (string Name, Size[] Shape)[] named = [.. maps.Select((map, i) =>
        {
            graph.Graph.Initializer.Add(OnnxTensors.Of($"map{i}", map.ToSingles(), map.Shape));
            return ($"map{i}", map.Shape.Select(length => new Size([length])).ToArray());
        })];
        graph.Declare("images", output: false, 1);
        HeadMaps head = new(graph, new ComputedShapes(graph, [new InputSize(1, 64, 96)], null), named[..3], named[3..], Strides);
        graph.Graph.Output.Add(new ValueInfoProto { Name = add(head) });
        ModelProto model = new() { IrVersion = 8, Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = GraphBuilder.Opset });
        using OnnxRun session = new(model.ToByteArray());
        return session.Run(Tensor.Zeros([1]), null)[0];
    }
}

/// <summary>Sequences in random order.</summary>
internal static class Shuffling
{
    internal static T[] Shuffle<T>(this IEnumerable<T> values, Random random)
    {
        T[] all = [.. values];
        random.Shuffle(all);
        return all;
    }
}
