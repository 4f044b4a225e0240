using Graft.Detectors;
using Graft.Torch;

namespace Graft.Export;

/// <summary>Random raw outputs with scores around a threshold and boxes that overlap in all degrees: noise as an image gives a trained network no
/// boxes, so nothing would be suppressed.</summary>
internal static class SyntheticMaps
{
    // Overlaps arise within a class, so that few classes get many boxes; few boxes do not fill the output, many do.
    private const float Spread = 4;
    private static readonly int[] Counts = [20, 400, 4000];

    /// <summary>Outputs with few and with many candidates.</summary>
    /// <param name="like">Outputs of the wanted shapes.</param>
    /// <param name="threshold">Score that half of the candidates exceed.</param>
    internal static IEnumerable<RawDetections> Of(RawDetections like, double threshold)
    {
        Random random = new(21);
        float middle = (float)Math.Log(Math.Clamp(threshold, 1e-4, 1 - 1e-4) / (1 - Math.Clamp(threshold, 1e-4, 1 - 1e-4)));
        foreach (int wanted in Counts)
        {
            yield return new(Logits(like.Logits, wanted, middle, random), [.. like.Distributions.Select(map => Fill(map, () => 6 * random.NextSingle()))]);
        }
    }

    private static Tensor[] Logits(Tensor[] maps, int wanted, float middle, Random random)
    {
        long classes = maps[0].Size(1), points = maps.Sum(map => map.Size(2) * map.Size(3));
        long[] chosen = [.. new[] { 0, classes / 2, classes - 1 }.Distinct()];
        double share = (double)wanted / (points * chosen.Length);
        return [.. maps.Select(map =>
        {
            long area = map.Size(2) * map.Size(3), at = 0;
            return Fill(map, () =>
            {
                bool isChosen = chosen.Contains(at++ / area % classes) && random.NextDouble() < share;
                return isChosen ? middle + (Spread * ((2 * random.NextSingle()) - 1)) : middle - Spread - (4 * random.NextSingle());
            });
        })];
    }

    private static Tensor Fill(Tensor like, Func<float> value)
    {
        float[] values = new float[like.Shape.Aggregate(1L, (product, length) => product * length)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = value();
        }

        return Tensor.From(values, like.Shape);
    }
}
