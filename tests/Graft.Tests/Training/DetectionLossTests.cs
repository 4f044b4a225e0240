using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Tests.Models;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;
using Graft.Training;

namespace Graft.Tests.Training;

[Trait("Kind", "Parity")]
public class DetectionLossTests
{
    [GoldenTheory("yoloworld/f_train_step"), InlineData(DType.Float), InlineData(DType.Double)]
    public void OneTrainingStep_MatchesTheOriginal(DType type)
    {
        using TensorScope scope = TensorScope.Begin();
        JsonElement manifest = Golden.Manifest("yoloworld", "f_train_step");
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "outputs.npz"));
        using WeightFile gradients = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "gradients.npz"));
        using YoloWorld model = YoloWorldTests.Open("a_v2_model", 2);
        model.To(type);
        model.Train();

        LossTerms loss = Loss(model, type);

        // The original's float64 losses are compared with Graft's float64 losses; targets are rounded to float32, hence not more closely.
        bool wide = type == DType.Double;
        JsonElement losses = manifest.GetProperty(wide ? "losses_float64" : "losses"), suggested = manifest.GetProperty("suggested_tolerance");
        double near = wide ? 1e-6 : suggested.GetProperty("loss_relative").GetDouble();
        double gradient = suggested.GetProperty("gradient_relative_norm").GetDouble();
        Assert.Equal(manifest.GetProperty("num_positive").GetInt32(), loss.Positives);
        Near(losses.GetProperty("loss_cls").GetDouble(), loss.Class.ToDouble(), near);
        Near(losses.GetProperty("loss_bbox").GetDouble(), loss.Box.ToDouble(), near);
        Near(losses.GetProperty("loss_dfl").GetDouble(), loss.Distribution.ToDouble(), near);

        loss.Total.Backward();
        double worst = 0;
        HashSet<string> zero = [.. manifest.GetProperty("near_zero_gradient_parameters").EnumerateArray().Select(name => name.GetString()!)];
        JsonElement norms = manifest.GetProperty("gradient_norms");
        foreach ((string name, Parameter parameter) in model.Parameters().Where(entry => !zero.Contains(entry.Name)))
        {
            double[] actual = parameter.Value.Grad!.ToDoubles();
            double size = norms.GetProperty(name).GetDouble();
            Near(size, Norm(actual), gradient);
            if (gradients.TryGet(name) is { } entry)     // the committed selection holds only some
            {
                double error = Norm([.. entry.ToDoubles().Zip(actual, (e, a) => e - a)]);
                Assert.True(error <= gradient * size, $"{name}: the gradient differs by {error:g3} of {size:g3}.");
                worst = Math.Max(worst, error / size);
            }
        }

        if (wide)
        {
            // The recording itself differs that much from float64, in one of the gradients.
            double recorded = manifest.GetProperty("gradient_relative_error_float32_vs_float64").GetProperty("max").GetDouble();
            Assert.True(worst <= 1.01 * recorded, $"Gradients differ by {worst:g4} of their size, the original's own by {recorded:g4}.");
        }

        using WeightFile statistics = WeightFile.Open(Golden.PathOf("yoloworld", "f_train_step", "bn_running_stats_after_forward.npz"));
        Dictionary<string, Tensor> state = model.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (WeightEntry entry in statistics.Entries)
        {
            Golden.Close(statistics, entry.Name, state[entry.Name], 1e-3);
        }
    }

    [GoldenFact("yoloworld/f_train_step")]
    public void LossAfterOneAdamWStep_MatchesTheOriginal()
    {
        using TensorScope scope = TensorScope.Begin();
        JsonElement manifest = Golden.Manifest("yoloworld", "f_train_step");
        JsonElement settings = manifest.GetProperty("optimizer");
        using YoloWorld model = YoloWorldTests.Open("a_v2_model", 2);
        model.Train();
        using AdamW optimizer = new([.. model.Parameters().Select(entry => new ParameterGroup(entry.Name, entry.Parameter))]);

        Loss(model).Total.Backward();
        JsonElement suggested = manifest.GetProperty("suggested_tolerance");
        Near(manifest.GetProperty("gradient_total_norm").GetDouble(), optimizer.GradientNorm(), suggested.GetProperty("gradient_relative_norm").GetDouble());
        optimizer.Step(settings.GetProperty("lr").GetDouble(), settings.GetProperty("weight_decay").GetDouble());

        LossTerms after = Loss(model);
        JsonElement expected = manifest.GetProperty("losses_after_step");
        double near = suggested.GetProperty("loss_after_step_relative").GetDouble();
        Near(expected.GetProperty("loss_cls").GetDouble(), after.Class.ToDouble(), near);
        Near(expected.GetProperty("loss_bbox").GetDouble(), after.Box.ToDouble(), near);
        Near(expected.GetProperty("loss_dfl").GetDouble(), after.Distribution.ToDouble(), near);
    }

    private static LossTerms Loss(YoloWorld model, DType type = DType.Float)
    {
        Tensor image = Golden.Npy("yoloworld", "a_v2_model", "image.npy").Narrow(0, 0, 2).To(type);
        Tensor text = Golden.Npy("yoloworld", "a_v2_model", "text_embeddings.npy").To(type);
        Targets targets = Targets.From(2, Golden.Npy("yoloworld", "f_train_step", "gt_boxes_labels.npy").ToSingles());
        return new DetectionLoss().Compute(model.Forward(image, text), targets, Head.Strides);
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static void Near(double expected, double actual, double relative)
        => Golden.Near(expected, actual, relative);
}
