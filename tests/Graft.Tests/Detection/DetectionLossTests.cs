using System.Text.Json;
using Graft.Detection;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Testing;
using Graft.Tests.Models;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Detection;

public class DetectionLossTests
{
    [SharedFact]
    public void OneTrainingStep_IsThatOfTheOriginal()
    {
        using TensorScope scope = TensorScope.Begin();
        JsonElement manifest = Golden.Manifest("yoloworld", "f_train_step");
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "outputs.npz"));
        using WeightFile gradients = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "gradients.npz"));
        using YoloWorld model = YoloWorldTests.Open("a_v2_model", 2);
        model.Train();
        Tensor image = Golden.Npy("yoloworld", "a_v2_model", "image.npy").Narrow(0, 0, 2);
        Tensor text = Golden.Npy("yoloworld", "a_v2_model", "text_embeddings.npy");
        Targets targets = Targets.From(2, Golden.Npy("yoloworld", "f_train_step", "gt_boxes_labels.npy").ToSingles());

        RawDetections raw = model.Forward(image, text);
        LossTerms loss = new DetectionLoss().Compute(raw, targets, Head.Strides);

        JsonElement losses = manifest.GetProperty("losses");
        Assert.Equal(manifest.GetProperty("num_positive").GetInt32(), loss.Positives);
        Near(losses.GetProperty("loss_cls").GetDouble(), loss.Class.ToDouble(), 1e-5);
        Near(losses.GetProperty("loss_bbox").GetDouble(), loss.Box.ToDouble(), 1e-4);
        Near(losses.GetProperty("loss_dfl").GetDouble(), loss.Distribution.ToDouble(), 1e-4);

        loss.Total.Backward();
        HashSet<string> zero = [.. manifest.GetProperty("near_zero_gradient_parameters").EnumerateArray().Select(name => name.GetString()!)];
        foreach ((string name, Parameter parameter) in model.Parameters().Where(entry => !zero.Contains(entry.Name)))
        {
            double[] expected = gradients[name].ToDoubles(), actual = parameter.Value.Grad!.ToDoubles();
            double error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum()), size = Math.Sqrt(expected.Sum(e => e * e));
            Assert.True(error <= (5e-3 * size) + 1e-4, $"{name}: the gradient differs by {error:g3} of {size:g3}.");
        }

        using WeightFile statistics = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "bn_running_stats_after_forward.npz"));
        Dictionary<string, Tensor> state = model.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (WeightEntry entry in statistics.Entries)
        {
            Golden.Close(statistics, entry.Name, state[entry.Name], 1e-3);
        }
    }

    private static void Near(double expected, double actual, double relative)
        => Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"{actual} is not {expected}.");
}
