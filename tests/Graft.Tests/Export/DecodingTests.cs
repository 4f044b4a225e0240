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
        Detection[] expected = Engine(raw, new PostProcessOptions { ScoreThreshold = 0.3 })[0];
        Same(expected, OnnxOutput.Detections(output, [Whole], new PostProcessOptions { ScoreThreshold = 0.3 }, final: false)[0]);
        Assert.True(expected.Length > 5);
    }

    [Theory]
    [InlineData(300, 1)]
    [InlineData(4, 1)]
    [InlineData(300, 3)]
    [InlineData(4, 5)]
    public void SuppressionInTheGraph_KeepsTheSameBoxesOfEachImage(int limit, int images)
    {
        PostProcessOptions options = new() { ScoreThreshold = 0.3, IouThreshold = 0.5, MaxPerImage = limit };
        for (int seed = 0; seed < 8; seed++)
        {
            using TensorScope scope = TensorScope.Begin();
            RawDetections raw = Maps(images, seed);
            Detection[][] expected = Engine(raw, options);
            Tensor output = Run(raw, head => EmbeddedSuppression.Add(head, options), dynamic: seed % 2 == 1);
            Assert.Equal([images, limit, 6], output.Shape);
            Detection[][] found = OnnxOutput.Detections(output, Fittings(images), options, final: true);
            Assert.All(Enumerable.Range(0, images), image => Same(expected[image], found[image]));
            Assert.Equal(images > 1, expected.Any(boxes => boxes.Length == 0));
            Assert.True(expected[0].Length == limit || (limit == 300 && expected[0].Length > 5));

            // What is not a box is zero, and boxes come first.
            float[] rows = output.ToSingles();
            Assert.All(Enumerable.Range(0, images), image => Assert.All(
                rows.AsSpan(((image * limit) + expected[image].Length) * 6, (limit - expected[image].Length) * 6).ToArray(), value => Assert.Equal(0, value)));
        }
    }

    [Fact]
    public void SuppressionInTheGraph_WithoutAnyBox_GivesZeros()
    {
        using TensorScope scope = TensorScope.Begin();
        PostProcessOptions options = new() { ScoreThreshold = 0.9, MaxPerImage = 7 };
        Tensor output = Run(Maps(2, 1), head => EmbeddedSuppression.Add(head, options));
        Assert.Equal([2, 7, 6], output.Shape);
        Assert.All(output.ToSingles(), value => Assert.Equal(0, value));
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

    private static Detection[][] Engine(RawDetections raw, PostProcessOptions options)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Strides);
        return PostProcess.Run(boxes, scores, Fittings((int)scores.Size(0)), options);
    }

    private static Fitting[] Fittings(int images) => [.. Enumerable.Repeat(Whole, images)];

    /// <summary>Every logit is another one, so that no order depends on rounding; of several images the second has low scores only.</summary>
    private static RawDetections Maps(int images = 1, int seed = 3)
    {
        Random random = new(seed);
        int count = images * Levels.Sum(level => level.Height * level.Width) * Classes;
        Queue<float> values = new(Enumerable.Range(0, count).Select(i => 4f * i / count - 3).Shuffle(random));
        Tensor[] logits = [.. Levels.Select(level => Map(level, Classes, image => values.Dequeue() - (image == 1 ? 9 : 0)))];
        return new RawDetections(logits, [.. Levels.Select(level => Map(level, 4 * Bins, _ => 6 * random.NextSingle()))]);

        Tensor Map((int Height, int Width) level, int channels, Func<int, float> value)
        {
            int each = channels * level.Height * level.Width;
            return Tensor.From([.. Enumerable.Range(0, images * each).Select(i => value(i / each))], images, channels, level.Height, level.Width);
        }
    }

    /// <summary>Runs a graph that takes the maps and returns their decoding; with <paramref name="dynamic"/> for any number of images.</summary>
    private static Tensor Run(RawDetections raw, Func<HeadMaps, string> add, bool dynamic = false)
    {
        GraphBuilder graph = new();
        Tensor[] maps = [.. raw.Logits, .. raw.Distributions];
        int images = (int)maps[0].Size(0);
        long[] others = dynamic ? [images, images + 1, images + 3] : [images];
        (string Name, Size[] Shape)[] named = [.. maps.Select((map, i) =>
        {
            graph.Graph.Initializer.Add(OnnxTensors.Of($"map{i}", map.ToSingles(), map.Shape));
            return ($"map{i}", map.Shape.Select((length, axis) => new Size([.. others.Select(other => axis == 0 ? other : length)])).ToArray());
        })];
        graph.Declare("images", output: false, dynamic ? "batch" : images);
        HeadMaps head = new(graph, new ComputedShapes(graph, [.. others.Select(other => new InputSize((int)other, 64, 96))], null), named[..3], named[3..], Strides);
        graph.Graph.Output.Add(new ValueInfoProto { Name = add(head) });
        ModelProto model = new() { IrVersion = 8, Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = GraphBuilder.Opset });
        using OnnxRun session = new(model.ToByteArray());
        return session.Run(Tensor.Zeros([images]), null)[0];
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
