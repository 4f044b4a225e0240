using System.Text.Json;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.Blocks;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Testing;
using Graft.Tests.Models;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;
using Graft.Training;

namespace Graft.Tests.Adapters;

/// <summary>Whole detectors with adapters, built from the strategy files, against the recorded numbers of the original.</summary>
[Trait("Kind", "Parity")]
public class AdapterDetectorTests
{
    private const string Folder = "e_adapter_detectors";

    public static TheoryData<string> Cases { get; } =
    [
        "bottleneck_strategy_a", "bottleneck_strategy_b", "step2_lora_hybrid", "step3_lora_aggressive",
        "step4_1_repmona_neck", "step4_2_repmona", "step5_2_truemona",
    ];

    [SharedTheory, MemberData(nameof(Cases))]
    public void Outputs_MatchTheOriginal(string name) => Outputs(name, DType.Float);

    [SharedTheory, MemberData(nameof(Cases))]
    public void Outputs_MatchTheOriginalInFloat64(string name) => Outputs(name, DType.Double);

    private static void Outputs(string name, DType type)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using Case one = new(name);
        Tolerances allowed = Tolerances.OfMaps(one.Manifest);
        using WeightFile golden = WeightFile.Open(one.PathOf("outputs.npz"));
        one.Model.To(type);
        (Tensor image, Tensor text) = (one.Image.To(type), one.Text.To(type));
        Pyramid backbone = one.Model.Backbone.Forward(image), neck = one.Model.Neck.Forward(backbone, text);
        RawDetections raw = one.Model.Head.Forward(neck, text);
        Golden.Close(golden, "backbone_p5", backbone.P5, allowed);
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"neck_p{level + 3}", neck.Levels[level], allowed);
            Golden.Close(golden, $"cls_logits_p{level + 3}", raw.Logits[level], allowed);
            Golden.Close(golden, $"bbox_dist_p{level + 3}", RawDecoding.ExpectMap(raw.Distributions[level]), allowed);
        }

        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Head.Strides);
        Golden.Close(golden, "decoded_boxes_xyxy", boxes, allowed);
        Golden.Close(golden, "scores_sigmoid", scores, allowed);
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void TrainingStep_HasTheLossesAndGradientsOfTheOriginalWithTheRightLayout(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        using Case one = new(name);
        one.Model.Train();
        using JsonDocument trainable = JsonDocument.Parse(File.ReadAllText(one.PathOf("trainable.json")));
        Assert.Equal(
            Names(trainable, "after_model_train"),
            one.Model.Parameters().Where(entry => entry.Parameter.Trainable).Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            Names(trainable, "batchnorm_in_train_mode"),
            one.Model.Modules().Where(found => found.Module is BatchNorm2d { Training: true }).Select(found => found.Path)
                .Order(StringComparer.Ordinal));

        JsonElement train = one.Manifest.GetProperty("train");
        bool scrambled = train.GetProperty("head_returns_scrambled_dfl_layout").GetBoolean();
        JsonElement expected = train.GetProperty(scrambled ? "fixed_dfl_layout" : "as_fork");
        RawDetections raw = one.Model.Forward(one.Image, one.Text);
        using (WeightFile outputs = WeightFile.Open(one.PathOf("train_outputs.npz")))
        {
            Golden.Close(outputs, "train_cls_logits_p3", raw.Logits[0], 5e-3);
            Golden.Close(outputs, "train_cls_logits_p5", raw.Logits[2], 5e-3);
        }

        DetectionLoss loss = new() { ClassMean = train.GetProperty("loss_cls_reduction").GetString() == "mean" };
        Targets targets = Targets.From((int)one.Image.Size(0), Golden.Npy("yoloworld", Folder, name, "gt_boxes_labels.npy").ToSingles());
        LossTerms terms = loss.Compute(raw, targets, Head.Strides);
        terms.Total.Backward();

        JsonElement losses = expected.GetProperty("losses");
        Golden.Near(losses.GetProperty("loss_cls").GetDouble(), terms.Class.ToDouble(), 1e-3, "loss_cls");
        Golden.Near(losses.GetProperty("loss_bbox").GetDouble(), terms.Box.ToDouble(), 1e-3, "loss_bbox");
        Golden.Near(losses.GetProperty("loss_dfl").GetDouble(), terms.Distribution.ToDouble(), 1e-3, "loss_dfl");
        Dictionary<string, Tensor?> gradients = one.Model.Parameters().ToDictionary(
            entry => entry.Name, entry => entry.Parameter.Value.Grad);
        double largest = expected.GetProperty("gradient_norms").EnumerateObject().Max(norm => norm.Value.GetDouble());
        foreach (JsonProperty norm in expected.GetProperty("gradient_norms").EnumerateObject())
        {
            double found = gradients[norm.Name] is { } gradient ? Math.Sqrt(gradient.Square().Sum().ToDouble()) : 0;
            Golden.Near(norm.Value.GetDouble(), found, 5e-3, norm.Name, floor: 1e-4 * largest);
        }

        string file = one.PathOf(scrambled ? "gradients_fixed_dfl_layout.npz" : "gradients_as_fork.npz");
        if (File.Exists(file))
        {
            using WeightFile golden = WeightFile.Open(file);
            foreach (WeightEntry entry in golden.Entries)
            {
                double scale = entry.ToDoubles().Max(Math.Abs);
                Golden.Close(golden, entry.Name, gradients[entry.Name]!, Math.Max(5e-3 * scale, 1e-5 * largest));
            }
        }
    }

    private static IEnumerable<string> Names(JsonDocument document, string list)
        => document.RootElement.GetProperty(list).EnumerateArray().Select(item => item.GetString()!).Order(StringComparer.Ordinal);

    /// <summary>One recorded detector: narrow, built in the mode in which the original really ran, without dropout.</summary>
    private sealed class Case : IDisposable
    {
        private readonly string _name;

        internal Case(string name)
        {
            _name = name;
            Manifest = Golden.Manifest("yoloworld", Folder, name);
            Model = new YoloWorld(Golden.World(Golden.Manifest("yoloworld", Folder).GetProperty("config")));
            TuningOptions tuning = StrategyTests.Read(Manifest.GetProperty("fork_config").GetString()!, "tuning.as_run=true").Tuning!;
            Tuning.Plan(Model, tuning with { Adapters = [.. tuning.Adapters.Select(Still)] }).Apply();
            Assert.Equal(Manifest.GetProperty("parameter_count").GetInt64(), Model.ParameterCount);
            Assert.Equal(Manifest.GetProperty("trainable_count_after_train_call").GetInt64(), Model.TrainableCount);
            string[] ignored = Manifest.TryGetProperty("checkpoint_keys_to_ignore", out JsonElement keys)
                ? [.. keys.EnumerateArray().Select(key => key.GetString()!)]
                : [];
            string checkpoint = Manifest.TryGetProperty("checkpoint", out JsonElement path) ? path.GetString()! : "checkpoint.pth";
            Model.LoadWeights(PathOf(checkpoint.Split('/')), options: new LoadOptions { MayExceed = ignored });
            Image = Golden.Npy("yoloworld", Folder, "image.npy");
            Text = Golden.Npy("yoloworld", Folder, "text_embeddings.npy");
        }

        internal JsonElement Manifest { get; }

        internal YoloWorld Model { get; }

        internal Tensor Image { get; }

        internal Tensor Text { get; }

        public void Dispose() => Model.Dispose();

        internal string PathOf(params string[] parts) => GoldenData.Find(["yoloworld", Folder, _name, .. parts]) ?? string.Empty;

        private static AdapterOptions Still(AdapterOptions options) => options switch
        {
            LoraOptions lora => lora with { Dropout = 0 },
            TrueMonaOptions mona => mona with { Dropout = 0 },
            _ => options,
        };
    }
}
