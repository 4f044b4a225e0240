using System.Text.Json;
using Graft.Detection;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Testing;
using Graft.Tests.Models;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Tests.Detection;

public class DetectionLossTests
{
    [GoldenFact("yoloworld/f_train_step")]
    public void OneTrainingStep_IsThatOfTheOriginal()
    {
        using TensorScope scope = TensorScope.Begin();
        JsonElement manifest = Golden.Manifest("yoloworld", "f_train_step");
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "outputs.npz"));
        using WeightFile gradients = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "gradients.npz"));
        using YoloWorld model = YoloWorldTests.Open("a_v2_model", 2);
        model.Train();

        LossTerms loss = Loss(model);

        JsonElement losses = manifest.GetProperty("losses");
        Assert.Equal(manifest.GetProperty("num_positive").GetInt32(), loss.Positives);
        Near(losses.GetProperty("loss_cls").GetDouble(), loss.Class.ToDouble(), 1e-5);
        Near(losses.GetProperty("loss_bbox").GetDouble(), loss.Box.ToDouble(), 1e-4);
        Near(losses.GetProperty("loss_dfl").GetDouble(), loss.Distribution.ToDouble(), 1e-4);

        loss.Total.Backward();
        HashSet<string> zero = [.. manifest.GetProperty("near_zero_gradient_parameters").EnumerateArray().Select(name => name.GetString()!)];
        JsonElement norms = manifest.GetProperty("gradient_norms");
        foreach ((string name, Parameter parameter) in model.Parameters().Where(entry => !zero.Contains(entry.Name)))
        {
            double[] actual = parameter.Value.Grad!.ToDoubles();
            double size = norms.GetProperty(name).GetDouble();
            Assert.InRange(Norm(actual), size * 0.999, size * 1.001);
            if (gradients.TryGet(name) is { } entry)     // the committed selection holds only some
            {
                double error = Norm([.. entry.ToDoubles().Zip(actual, (e, a) => e - a)]);
                Assert.True(error <= 1e-3 * size, $"{name}: the gradient differs by {error:g3} of {size:g3}.");
            }
        }

        using WeightFile statistics = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "bn_running_stats_after_forward.npz"));
        Dictionary<string, Tensor> state = model.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (WeightEntry entry in statistics.Entries)
        {
            Golden.Close(statistics, entry.Name, state[entry.Name], 1e-3);
        }
    }

    [GoldenFact("yoloworld/f_train_step")]
    public void LossAfterOneAdamWStep_IsThatOfTheOriginal()
    {
        using TensorScope scope = TensorScope.Begin();
        JsonElement manifest = Golden.Manifest("yoloworld", "f_train_step");
        JsonElement settings = manifest.GetProperty("optimizer");
        using YoloWorld model = YoloWorldTests.Open("a_v2_model", 2);
        model.Train();
        using AdamW optimizer = new([.. model.Parameters().Select(entry => new ParameterGroup(entry.Name, entry.Parameter))]);

        Loss(model).Total.Backward();
        Near(manifest.GetProperty("gradient_total_norm").GetDouble(), optimizer.GradientNorm(), 1e-3);
        optimizer.Step(settings.GetProperty("lr").GetDouble(), settings.GetProperty("weight_decay").GetDouble());

        LossTerms after = Loss(model);
        JsonElement expected = manifest.GetProperty("losses_after_step");
        Near(expected.GetProperty("loss_cls").GetDouble(), after.Class.ToDouble(), 5e-3);
        Near(expected.GetProperty("loss_bbox").GetDouble(), after.Box.ToDouble(), 5e-3);
        Near(expected.GetProperty("loss_dfl").GetDouble(), after.Distribution.ToDouble(), 5e-3);
    }

    private static LossTerms Loss(YoloWorld model)
    {
        Tensor image = Golden.Npy("yoloworld", "a_v2_model", "image.npy").Narrow(0, 0, 2);
        Targets targets = Targets.From(2, Golden.Npy("yoloworld", "f_train_step", "gt_boxes_labels.npy").ToSingles());
        return new DetectionLoss().Compute(model.Forward(image, Golden.Npy("yoloworld", "a_v2_model", "text_embeddings.npy")), targets, Head.Strides);
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static void Near(double expected, double actual, double relative)
        => Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"{actual} is not {expected}.");
}
