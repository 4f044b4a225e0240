using Graft.Detectors;
using Graft.Torch;

namespace Graft.Export;

/// <summary>Final detections of an exported model's output.</summary>
internal static class OnnxOutput
{
    /// <summary>Detections of each image, best first.</summary>
    /// <param name="output">B×(4+N)×P with centres, sizes and scores; or B×K×6 with corners, score and class.</param>
    /// <param name="fittings">One per image.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="final">Whether the output needs no NMS.</param>
    internal static Detection[][] Detections(Tensor output, IReadOnlyList<Fitting> fittings, PostProcessOptions options, bool final)
    {
        if (final)
        {
            float[] rows = output.ToSingles();
            int count = (int)output.Size(1);
            return [.. fittings.Select((fitting, image) => Enumerable.Range(image * count, count)
                .Where(row => rows[(6 * row) + 4] > (float)options.ScoreThreshold)
                .Select(row => new Detection((int)rows[(6 * row) + 5], rows[(6 * row) + 4], fitting.MapBack(rows.AsSpan(6 * row, 4))))
                .ToArray())];
        }

        Tensor values = output.Permute(0, 2, 1);
        Tensor centres = values.Narrow(2, 0, 2), halves = values.Narrow(2, 2, 2) * 0.5;
        Tensor corners = Tensor.Cat([centres - halves, centres + halves], 2);
        return PostProcess.Run(corners, values.Narrow(2, 4, values.Size(2) - 4).Contiguous(), fittings, options);
    }
}
