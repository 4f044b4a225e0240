using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Torch;

namespace Graft.Tests.Models.YoloV10;

/// <summary>Compares outputs of YOLOv10 networks with recorded ones.</summary>
internal static class YoloV10Compare
{
    /// <summary>The tolerance that the README states; the recordings' own errors are those that the manifest states for all maps and
    /// boxes together.</summary>
    internal static Tolerances Allowed(string folder)
    {
        JsonElement meta = YoloV10Tests.Inference(folder);
        return new Tolerances()
            .Suggest(1e-3, "one2many.raw.*", "one2one.raw.*", "fused.one2many.raw.*", "layer.*")
            .Suggest(2e-2, "one2many.decoded", "one2one.decoded", "fused.one2one.decoded")
            .With(meta.GetProperty("float32_vs_float64_raw").GetDouble(), "one2many.raw.*", "one2one.raw.*")
            .With(meta.GetProperty("float32_vs_float64_boxes_px").GetDouble(), "one2many.decoded", "one2one.decoded");
    }

    internal static Tensor Raw(RawDetections raw, int level) => Tensor.Cat([raw.Distributions[level], raw.Logits[level]], 1);

    /// <summary>B×(4+nc)×P: centre and size in pixels, then scores.</summary>
    internal static Tensor Decoded(RawDetections raw)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, YoloV10Head.Strides);
        Tensor low = boxes.Narrow(2, 0, 2), high = boxes.Narrow(2, 2, 2);
        return Tensor.Cat([(low + high) * 0.5, high - low, scores], 2).Transpose(1, 2);
    }

    internal static void Same(WeightFile golden, string head, RawDetections raw, Tolerances allowed)
    {
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"{head}.raw.{level}", Raw(raw, level), allowed);
        }

        Golden.Close(golden, $"{head}.decoded", Decoded(raw), allowed);
    }

    /// <summary>Compares as a set keyed by anchor point and class; scores within float32 error of the lowest may be swapped with
    /// it.</summary>
    internal static void SameSelection(WeightEntry detections, WeightEntry places, EndToEndSelection found)
    {
        double[] expected = detections.ToDoubles(), boxes = found.Boxes.ToDoubles(), scores = found.Scores.ToDoubles();
        long[] place = places.ToInt64s(), foundPlace = found.Indices.ToArray<long>(), labels = found.Labels.ToArray<long>();
        int count = (int)places.Shape[1];
        for (int image = 0; image < places.Shape[0]; image++)
        {
            Dictionary<(long Place, long Label), int> at = Enumerable.Range(image * count, count)
                .ToDictionary(i => (foundPlace[i], labels[i]));
            double last = expected[(((image * count) + count - 1) * 6) + 4];
            for (int i = image * count; i < (image + 1) * count; i++)
            {
                if (!at.TryGetValue((place[i], (long)expected[(6 * i) + 5]), out int mine))
                {
                    Assert.True(expected[(6 * i) + 4] - last < 5e-5, $"Place {place[i]}, class {expected[(6 * i) + 5]} was not selected.");
                    continue;
                }

                Assert.Equal(expected[(6 * i) + 4], scores[mine], 1e-4);
                for (int side = 0; side < 4; side++)
                {
                    Assert.Equal(expected[(6 * i) + side], boxes[(4 * mine) + side], 2e-2);
                }
            }
        }
    }

    internal static void SameDetections(double[] expected, Detection[] found, double pixels, double shift)
    {
        Assert.Equal(expected.Length / 6, found.Length);
        List<Detection> rest = [.. found];
        foreach (double[] row in expected.Chunk(6))
        {
            int match = rest.FindIndex(candidate => candidate.Label == (int)row[5] && Math.Abs(candidate.Score - row[4]) < 1e-4
                && Math.Abs(candidate.Box.X1 - shift - row[0]) < pixels && Math.Abs(candidate.Box.Y1 - shift - row[1]) < pixels
                && Math.Abs(candidate.Box.X2 - shift - row[2]) < pixels && Math.Abs(candidate.Box.Y2 - shift - row[3]) < pixels);
            Assert.True(match >= 0, $"No detection like {string.Join(", ", row)}.");
            rest.RemoveAt(match);
        }
    }
}
