using Graft.Detectors;
using Graft.Torch;

namespace Graft.Models.YoloV10;

/// <summary>Every intermediate result of YOLOv10, named as in the reference data.</summary>
internal static class YoloV10Results
{
    /// <summary>Runs a network as given and folded.</summary>
    /// <param name="network">Weights loaded.</param>
    /// <param name="image">B×3×H×W, RGB in 0..1.</param>
    internal static List<(string Name, Tensor Value)> Of(YoloV10 network, Tensor image)
    {
        network.Train(false);
        List<(string Name, Tensor Value)> results = [];
        YoloV10Output output;
        using (OperationRecorder recorder = new())
        {
            output = network.Forward(image);
            results.AddRange(recorder.Calls.Where(call => IsLayer(call.Path))
                .Select(call => ($"layer.{call.Path["model.".Length..]}", call.Output!)));
        }

        if (output.OneToMany is { } many)
        {
            results.AddRange(Head("one2many", many));
            results.AddRange(Suppressed(many, image));
        }

        results.AddRange(Head("one2one", output.OneToOne));
        EndToEndSelection selection = EndToEndSelection.Of(output.OneToOne, YoloV10Head.Strides);
        Tensor labels = selection.Labels.Unsqueeze(2).To(selection.Scores.DType);
        Tensor final = Tensor.Cat([selection.Boxes, selection.Scores.Unsqueeze(2), labels], 2);
        results.AddRange([("final.detections", final), ("final.anchor_index", selection.Indices), ("export.detections", final)]);

        using YoloV10 folded = Deployment.Of(network, oneToMany: true);
        YoloV10Output fused = folded.Forward(image);
        if (fused.OneToMany is { } fusedMany)
        {
            results.AddRange(Head("fused.one2many", fusedMany));
        }

        results.AddRange(Head("fused.one2one", fused.OneToOne));
        return results;
    }

    private static bool IsLayer(string path)
        => path.StartsWith("model.", StringComparison.Ordinal) && path.Count(c => c == '.') == 1 && path != "model.23";

    /// <summary>Raw maps, box bins before classes, and B×(4+N)×P decoded: centre, size, scores.</summary>
    private static IEnumerable<(string Name, Tensor Value)> Head(string name, RawDetections raw)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, YoloV10Head.Strides);
        Tensor low = boxes.Narrow(2, 0, 2), high = boxes.Narrow(2, 2, 2);
        return
        [
            ($"{name}.decoded", Tensor.Cat([(low + high) * 0.5, high - low, scores], 2).Transpose(1, 2)),
            .. raw.Logits.Select((map, level) => ($"{name}.raw.{level}", Tensor.Cat([raw.Distributions[level], map], 1))),
        ];
    }

    private static IEnumerable<(string Name, Tensor Value)> Suppressed(RawDetections raw, Tensor image)
    {
        const int Margin = 4096;                                                          // far enough away that nothing is clipped
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, YoloV10Head.Strides);
        Fitting wide = new(3 * Margin, 3 * Margin, Left: -Margin, Top: -Margin);
        PostProcessOptions options = new() { ScoreThreshold = 0.25, IouThreshold = 0.7, MultiLabel = false };
        Detection[][] found = PostProcess.Run(boxes, scores, [.. Enumerable.Repeat(wide, (int)image.Size(0))], options);
        return found.Select((list, index) => (
            $"one2many.nms_conf025_iou07.{index}", Tensor.From([.. list.SelectMany(one => Row(one, Margin))], list.Length, 6)));
    }

    private static float[] Row(Detection found, double margin)
    {
        Box box = found.Box.Map(1, 1, -margin, -margin);
        return [(float)box.X1, (float)box.Y1, (float)box.X2, (float)box.Y2, (float)found.Score, found.Label];
    }
}
