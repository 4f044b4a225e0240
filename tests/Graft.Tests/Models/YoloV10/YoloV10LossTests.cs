using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;
using Graft.Training;
using V10 = Graft.Models.YoloV10.YoloV10;

namespace Graft.Tests.Models.YoloV10;

[Trait("Kind", "Parity")]
public class YoloV10LossTests
{
    private const string Nano = "yolov10n_128", Tiny = "tiny_m";

    [SharedTheory]
    [InlineData(Nano, "loss_main"), InlineData(Nano, "loss_second_image_empty"), InlineData(Nano, "loss_no_boxes")]
    [InlineData(Tiny, "loss_main"), InlineData(Tiny, "loss_second_image_empty"), InlineData(Tiny, "loss_no_boxes")]
    [InlineData(Nano, "loss_main", DType.Double), InlineData(Tiny, "loss_main", DType.Double)]
    public void LossesAndGradients_MatchTheOriginal(string folder, string which, DType type = DType.Float)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile golden = Open(folder, which);
        using WeightFile main = Open(folder, "loss_main");
        JsonElement facts = Facts(folder, which), values = facts;
        (double near, double share) = (Tolerances.Kernels * 1e-4, 1e-3);     // as the README states
        using YoloV10Detector detector = YoloV10Tests.Detector(folder);
        if (type == DType.Double)
        {
            // The original's float64 losses, and the largest error of its float32 gradients; targets are rounded to float32.
            values = facts.GetProperty("float64");
            (near, share) = (1e-6, 1.01 * values.GetProperty("max_grad_norm_diff_rel_to_total").GetDouble());
            detector.Network.To(type);
        }

        detector.Network.Train();
        Losses losses = detector.ComputeLoss(Golden.Of(main["img"]).To(type), TargetsOf(golden, main));

        // The authors log items per image; there are two.
        double[] items = [.. values.GetProperty("items").EnumerateArray().Select(item => item.GetDouble())];
        Assert.Equal(["box_om", "cls_om", "dfl_om", "box_oo", "cls_oo", "dfl_oo"], losses.Items.Select(item => item.Name));
        for (int i = 0; i < 6; i++)
        {
            Near(items[i], losses.Items[i].Value.ToDouble() / 2, near, losses.Items[i].Name);
        }

        Near(values.GetProperty("loss").GetDouble(), losses.Total.ToDouble(), near, "total");
        losses.Total.Backward();
        double total = facts.GetProperty("total_grad_norm").GetDouble();
        Dictionary<string, Parameter> parameters = detector.Network.Parameters()
            .ToDictionary(entry => entry.Name, entry => entry.Parameter);
        foreach (JsonProperty norm in facts.GetProperty("grad_norm").EnumerateObject())
        {
            if (norm.Value.ValueKind == JsonValueKind.Null)
            {
                Assert.Equal(0, Norm(parameters[norm.Name].Value.Grad));
                continue;
            }

            double expected = norm.Value.GetDouble(), actual = Norm(parameters[norm.Name].Value.Grad);
            Golden.Near(expected, actual, 0, norm.Name, floor: share * total);
        }

        Near(total, Math.Sqrt(parameters.Values.Sum(parameter => Math.Pow(Norm(parameter.Value.Grad), 2))), 1e-3, "total gradient norm");
        foreach (WeightEntry entry in golden.Entries.Where(entry => entry.Name.StartsWith("grad.", StringComparison.Ordinal)))
        {
            // These were recorded after clipping to a norm of 10.
            Golden.Close(golden, entry.Name, parameters[entry.Name["grad.".Length..]].Value.Grad! * (10 / total), 1e-3);
        }

        Dictionary<string, Tensor> state = detector.Network.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (WeightEntry entry in golden.Entries.Where(entry => entry.Name.StartsWith("after.", StringComparison.Ordinal)))
        {
            Golden.Close(golden, entry.Name, state[entry.Name["after.".Length..]], 1e-3);
        }
    }

    [SharedTheory, InlineData(Nano), InlineData(Tiny)]
    public void TrainingMaps_MatchTheOriginal(string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile golden = Open(folder, "loss_main");
        using YoloV10Detector detector = YoloV10Tests.Detector(folder);
        detector.Network.Train();
        YoloV10Output output = ((Graft.Models.YoloV10.YoloV10)detector.Network).Forward(Golden.Of(golden["img"]));
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"one2many.raw.{level}", Raw(output.OneToMany!.Value, level), 1e-2);
            Golden.Close(golden, $"one2one.raw.{level}", Raw(output.OneToOne, level), 1e-2);
        }
    }

    [SharedTheory]
    [InlineData(Nano, "one2many", 10), InlineData(Nano, "one2one", 1)]
    [InlineData(Tiny, "one2many", 10), InlineData(Tiny, "one2one", 1)]
    public void Assignment_MatchesTheOriginal(string folder, string head, int topK)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile golden = Open(folder, "loss_main");
        Tensor[] maps = [.. Enumerable.Range(0, 3).Select(level => Golden.Of(golden[$"{head}.raw.{level}"]))];
        RawDetections raw = new(
            [.. maps.Select(map => map.Narrow(1, 64, map.Size(1) - 64))], [.. maps.Select(map => map.Narrow(1, 0, 64))]);
        DetectionLoss loss = new() { Assigner = new TaskAlignedAssigner(topK, OverlapsInsideOnly: true) };
        Assignment found = loss.Assign(
            RawDecoding.Rows(raw.Logits), RawDecoding.Rows(raw.Distributions), Anchors.Of(raw, YoloV10Head.Strides),
            TargetsOf(golden, golden));

        double[] weights = golden[$"{head}.target_score_per_anchor"].ToDoubles(), mine = new double[weights.Length];
        long[] labels = golden[$"{head}.target_labels"].ToInt64s();
        for (int i = 0; i < found.Positions.Length; i++)
        {
            mine[found.Positions[i]] = found.Weights[i];
            if (found.Weights[i] > 1e-6)
            {
                Assert.Equal(labels[found.Positions[i]], found.Labels[i]);
            }
        }

        Assert.Equal(weights.Length, mine.Length);
        Assert.All(weights.Zip(mine), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        // Anchor points with a metric of zero are picked arbitrarily among equals; their weight is zero.
        Assert.Equal(weights.Count(weight => weight > 1e-6), found.Weights.Count(weight => weight > 1e-6));
    }

    [SharedFact]
    public void SgdStep_MatchesTheOriginal()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile golden = Open(Tiny, "loss_main");
        JsonElement step = Facts(Tiny, "loss_main").GetProperty("sgd_step");
        using YoloV10Detector detector = YoloV10Tests.Detector(Tiny);
        detector.Network.Train();
        Losses losses = detector.ComputeLoss(Golden.Of(golden["img"]), TargetsOf(golden, golden));
        losses.Total.Backward();

        IReadOnlyList<ParameterGroup> groups = Trainer.DefaultGroups(detector.Network, decayNorms: false);
        JsonElement counts = step.GetProperty("groups");                               // one more there: the ramp, which is not trained
        Assert.Equal(counts.GetProperty("bias_no_decay").GetInt32(), groups.Count(group => IsBias(group)));
        Assert.Equal(counts.GetProperty("weight_decay").GetInt32() - 1, groups.Count(group => group.DecayFactor == 1));
        Assert.Equal(
            counts.GetProperty("norm_no_decay").GetInt32(),
            groups.Count(group => group.DecayFactor == 0 && !IsBias(group)));
        using Sgd sgd = new(groups, step.GetProperty("momentum").GetDouble());
        double norm = sgd.GradientNorm();
        Near(step.GetProperty("norm_before_clip").GetDouble(), norm, 1e-3, "norm before clipping");
        sgd.Step(step.GetProperty("lr").GetDouble(), step.GetProperty("weight_decay").GetDouble(), 10 / (norm + 1e-6));
        Dictionary<string, Tensor> state = detector.Network.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        WeightEntry[] entries = [.. golden.Entries.Where(entry => entry.Name.StartsWith("after_sgd.", StringComparison.Ordinal))];
        Assert.NotEmpty(entries);
        foreach (WeightEntry entry in entries)
        {
            Golden.Close(golden, entry.Name, state[entry.Name["after_sgd.".Length..]], 2e-5);
        }
    }

    [Fact]
    public void DeployedModels_CannotBeTrained_AndNamesMustFit()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloV10Detector detector = new(new V10(new YoloV10Options { Nc = 2, Form = new YoloV10Form(OneToMany: false) }), ["a", "b"]);
        GraftException refused = Assert.Throws<GraftException>(() => detector.ComputeLoss(Tensor.Zeros(1, 3, 64, 64), new Targets(1, [])));
        Assert.Equal(Failure.Usage, refused.Failure);
        Assert.Equal("Set model.nc=3.", Assert.Throws<GraftException>(() => new YoloV10Detector((Graft.Models.YoloV10.YoloV10)detector.Network, ["a", "b", "c"])).Hint);
    }

    private static bool IsBias(ParameterGroup group) => group.Name.EndsWith("bias", StringComparison.Ordinal);

    private static WeightFile Open(string folder, string which) => WeightFile.Open(Golden.PathOf("yolov10", folder, which + ".npz"));

    private static JsonElement Facts(string folder, string which)
        => JsonDocument.Parse(File.ReadAllText(Golden.PathOf("yolov10", folder, which + ".json"))).RootElement;

    private static Targets TargetsOf(WeightFile golden, WeightFile main)
    {
        long height = main["img"].Shape[2], width = main["img"].Shape[3];
        double[] images = golden["batch_idx"].ToDoubles(), labels = golden["cls"].ToDoubles(), boxes = golden["bboxes"].ToDoubles();
        int count = (int)main["img"].Shape[0];
        return new Targets(count, [.. images.Select((image, i) => Row((int)image, (int)labels[i], boxes[(4 * i)..((4 * i) + 4)]))]);

        Targets.Row Row(int image, int label, double[] box) => new(
            image, label, (float)((box[0] - (box[2] / 2)) * width), (float)((box[1] - (box[3] / 2)) * height),
            (float)((box[0] + (box[2] / 2)) * width), (float)((box[1] + (box[3] / 2)) * height));
    }

    private static Tensor Raw(RawDetections raw, int level) => Tensor.Cat([raw.Distributions[level], raw.Logits[level]], 1);

    private static double Norm(Tensor? gradient) => gradient is null ? 0 : Math.Sqrt(gradient.ToDoubles().Sum(value => value * value));

    private static void Near(double expected, double actual, double relative, string what)
        => Golden.Near(expected, actual, relative, what);
}
