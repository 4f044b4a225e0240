using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Testing;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Models;

/// <summary>Opens golden folders: models by their manifests, tensors by name.</summary>
internal static class Golden
{
    /// <summary>Half a unit in the last place of float32, relative; the recordings and their errors are rounded to it.</summary>
    internal const double Rounding = 1.0 / (1 << 23);

    internal static string PathOf(params string[] parts) => GoldenData.PathOf(parts);

    internal static JsonElement Manifest(params string[] parts)
        => JsonDocument.Parse(File.ReadAllText(PathOf([.. parts, "manifest.json"]))).RootElement;

    internal static Tensor Npy(params string[] parts)
    {
        using WeightFile file = WeightFile.Open(PathOf(parts));
        return Of(file.Single);
    }

    internal static Tensor Of(WeightEntry entry)
        => entry.DType is ElementType.Int64 ? Tensor.From(entry.ToInt64s(), [.. entry.Shape]) : Tensor.From(entry.ToSingles(), [.. entry.Shape]);

    internal static YoloWorldOptions World(JsonElement config, int version = 2) => new()
    {
        Version = version,
        WidenFactor = config.GetProperty("widen_factor").GetDouble(),
        DeepenFactor = config.GetProperty("deepen_factor").GetDouble(),
        LastStageOutChannels = config.GetProperty("last_stage_out_channels").GetInt32(),
        NeckEmbedChannels = Ints(config.GetProperty("neck_embed_channels")),
        NeckNumHeads = Ints(config.GetProperty("neck_num_heads")),
        NumClasses = config.GetProperty("num_classes").GetInt32(),
        TextDim = config.GetProperty("text_dim").GetInt32(),
        EmbedDims = config.TryGetProperty("embed_dims", out JsonElement width) ? width.GetInt32() : null,
        EnhancerChannels = config.TryGetProperty("image_pooling_attention", out JsonElement pool) ? pool.GetProperty("embed_channels").GetInt32() : 256,
        EnhancerHeads = config.TryGetProperty("image_pooling_attention", out pool) ? pool.GetProperty("num_heads").GetInt32() : 8,
    };

    internal static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    /// <summary>Copies every entry of a file into a module; both must have the same names.</summary>
    internal static void Load(Module module, WeightFile file)
    {
        using NoGrad off = NoGrad.Begin();
        Dictionary<string, Tensor> state = module.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        Assert.Empty(state.Keys.Except(file.Entries.Select(entry => entry.Name)));
        Assert.Empty(file.Entries.Select(entry => entry.Name).Except(state.Keys));
        foreach (WeightEntry entry in file.Entries)
        {
            using TensorScope scope = TensorScope.Begin();
            Assert.Equal(state[entry.Name].Shape, entry.Shape);
            state[entry.Name].CopyFrom(Of(entry));
        }
    }

    /// <summary>Compares by the largest absolute difference.</summary>
    internal static void Close(WeightFile golden, string name, Tensor found, double tolerance)
    {
        WeightEntry entry = golden[name];
        Assert.Equal(entry.Shape, found.Shape);
        double worst = Worst(entry.ToDoubles(), found.ToDoubles());
        Assert.True(worst <= tolerance, $"{name}: the largest difference is {worst:g3}, the limit is {tolerance:g3}.");
    }

    /// <summary>
    /// Compares as the manifest allows. A float64 result must differ from the recording as much as the original's own float64 result, to a
    /// float32 rounding, whatever kernels the processor uses.
    /// </summary>
    internal static void Close(WeightFile golden, string name, Tensor found, Tolerances tolerances)
    {
        if (found.DType != DType.Double)
        {
            Close(golden, name, found, tolerances.Of(name));
            return;
        }

        double rounding = golden[name].ToDoubles().Select(Math.Abs).DefaultIfEmpty().Max() * Rounding, error = tolerances.ErrorOf(name);
        Close(golden, name, found, error + rounding);
        if (!tolerances.IsBound(name))
        {
            double worst = Worst(golden[name].ToDoubles(), found.ToDoubles());
            Assert.True(worst >= error - rounding, $"{name}: the recording differs by {worst:g9} from float64, the original's by {error:g9}.");
        }
    }

    /// <summary>Compares two numbers by their relative difference.</summary>
    internal static void Near(double expected, double found, double relative, string what = "The value", double floor = 0)
    {
        Assert.True(
            Math.Abs(expected - found) <= (relative * Math.Abs(expected)) + floor, $"{what} is {found:g9}, expected {expected:g9} within {relative:g2} of it.");
    }

    /// <summary>Compares each box with the golden one at its place in the list.</summary>
    internal static void SameDetections(WeightFile golden, string set, Detection[][] found, double pixels, double score)
    {
        for (int image = 0; image < found.Length; image++)
        {
            double[] boxes = golden[$"{set}_img{image}_boxes"].ToDoubles(), scores = golden[$"{set}_img{image}_scores"].ToDoubles();
            long[] labels = golden[$"{set}_img{image}_labels"].ToInt64s();
            Assert.Equal(labels.Length, found[image].Length);
            List<Detection> rest = [.. found[image]];
            for (int i = 0; i < labels.Length; i++)
            {
                Box box = new(boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3]);
                int match = rest.FindIndex(one => one.Label == labels[i] && Math.Abs(one.Score - scores[i]) < score && Distance(one.Box, box) < pixels);
                Assert.True(match >= 0, $"{set}, image {image}: no box like {box} with label {labels[i]} and score {scores[i]:f5}.");
                rest.RemoveAt(match);
            }
        }
    }

    private static double Worst(double[] expected, double[] actual) => expected.Zip(actual, (e, a) => Math.Abs(e - a)).DefaultIfEmpty().Max();

    private static double Distance(Box a, Box b)
        => new[] { a.X1 - b.X1, a.Y1 - b.Y1, a.X2 - b.X2, a.Y2 - b.Y2 }.Max(Math.Abs);
}
