using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.Blocks;
using Graft.Models.YoloV10;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;
using static Graft.Tests.Models.YoloV10.YoloV10Compare;
using V10 = Graft.Models.YoloV10.YoloV10;

namespace Graft.Tests.Models.YoloV10;

[Trait("Kind", "Parity")]
public class YoloV10Tests
{
    private const string Nano = "yolov10n_128", Tiny = "tiny_m";

    [SharedTheory, InlineData(Nano), InlineData(Tiny)]
    public void StateDict_HasTheOfficialNamesShapesAndOrder(string folder)
    {
        using V10 model = new(Options(folder));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("yolov10", folder, "architecture.json")));
        Assert.Equal(
            golden.RootElement.GetProperty("state_dict").EnumerateObject().Select(key => $"{key.Name} {string.Join('×', Golden.Ints(key.Value.GetProperty("shape")))}"),
            model.StateDict().Select(entry => $"{entry.Name} {string.Join('×', entry.Value.Shape)}"));
    }

    [SharedTheory]
    [InlineData(Nano, false), InlineData(Tiny, false), InlineData(Nano, true), InlineData(Tiny, true)]
    [InlineData(Nano, false, DType.Double), InlineData(Tiny, false, DType.Double)]
    public void BothHeads_MatchTheOriginal(string folder, bool channelsLast, DType type = DType.Float)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", folder, "inference.npz"));
        using V10 model = Open(folder);
        model.To(type);
        Tolerances allowed = Allowed(folder);
        Tensor input = Golden.Of(golden["input"]).To(type);
        if (channelsLast)
        {
            model.To(MemoryFormat.ChannelsLast);
            input = input.To(MemoryFormat.ChannelsLast);
        }

        YoloV10Output output = model.Forward(input);
        Same(golden, "one2many", output.OneToMany!.Value, allowed);
        Same(golden, "one2one", output.OneToOne, allowed);
        Same(golden, "one2one", model.ForwardOneToOne(input), allowed);
        Same(golden, "one2many", model.ForwardOneToMany(input), allowed);
    }

    [SharedTheory, InlineData(Nano), InlineData(Tiny)]
    public void Selection_MatchesTheOriginal(string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", folder, "inference.npz"));
        using V10 model = Open(folder);
        RawDetections raw = model.ForwardOneToOne(Golden.Of(golden["input"]));
        EndToEndSelection selection = EndToEndSelection.Of(raw, YoloV10Head.Strides);
        SameSelection(golden["final.detections"], golden["final.anchor_index"], selection);

        // From decoded boxes as well, which is what the original does.
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, YoloV10Head.Strides);
        SameSelection(golden["final.detections"], golden["final.anchor_index"], EndToEndSelection.Of(boxes, scores));

        int[] expected = Golden.Ints(Inference(folder).GetProperty("predict_conf_025"));
        Fitting fitting = Fitting.None((int)golden["input"].Shape[3], (int)golden["input"].Shape[2]);
        Detection[][] found = selection.ToDetections([fitting, fitting]);
        Assert.Equal(expected, found.Select(image => image.Length));
        Assert.All(found, image => Assert.Equal(image.OrderByDescending(detection => detection.Score), image));
    }

    [SharedTheory, InlineData(Nano), InlineData(Tiny)]
    public void SuppressedOneToMany_MatchesTheOriginal(string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", folder, "inference.npz"));
        using YoloV10Detector detector = Detector(folder);
        Tensor input = Golden.Of(golden["input"]);
        Fitting wide = new(100_000, 100_000, Left: -50_000, Top: -50_000);     // nothing is clipped: the golden boxes are not
        PostProcessOptions options = new() { ScoreThreshold = 0.25, IouThreshold = 0.7, MultiLabel = false, OneToMany = true };
        Detection[][] found = detector.Detect(input, [wide, wide], options);
        for (int image = 0; image < found.Length; image++)
        {
            SameDetections(golden[$"one2many.nms_conf025_iou07.{image}"].ToDoubles(), found[image], 2e-2, shift: 50_000);
        }
    }

    [SharedTheory, InlineData(Nano), InlineData(Tiny)]
    public void Folded_MatchesTheOriginalsFoldedModel(string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", folder, "inference.npz"));
        using V10 model = Open(folder), folded = Deployment.Of(model, oneToMany: true);
        Tensor input = Golden.Of(golden["input"]);
        YoloV10Output output = folded.Forward(input);
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"fused.one2many.raw.{level}", Raw(output.OneToMany!.Value, level), Allowed(folder));
        }

        Golden.Close(golden, "fused.one2one.decoded", Decoded(output.OneToOne), Allowed(folder));
        JsonElement keys = Inference(folder).GetProperty("fused_state_dict");
        Assert.Equal(
            keys.EnumerateObject().Select(key => $"{key.Name} {string.Join('×', Golden.Ints(key.Value))}").Order(StringComparer.Ordinal),
            folded.StateDict().Select(entry => $"{entry.Name} {string.Join('×', entry.Value.Shape)}").Order(StringComparer.Ordinal));
    }

    [SharedTheory, InlineData(Nano), InlineData(Tiny)]
    public void Deployed_HasOnlyTheOneToOneHead_AndIsProved(string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", folder, "inference.npz"));
        using V10 model = Open(folder);
        Tensor input = Golden.Of(golden["input"]);
        using Rewrite rewrite = Rewrite.Of(model).FoldNorms();
        ProofTolerance tolerance = new() { Single = 1e-3, BoxPixels = 2e-2 };
        ProofOptions options = new() { RandomInputs = 0, CostSide = 64, TimedRuns = 0, Tolerance = tolerance };
        using Rewritten rewritten = rewrite.Prove(options, [new ProofImage("golden", input)]);
        Assert.InRange(rewritten.Proof.MaxRelativeDouble!.Value, 0, 1e-12);
        Assert.InRange(rewritten.Proof.MaxAbsolute, 1e-9, 2e-3);
        const int OneToManyUnits = 18;
        Assert.Equal(model.Modules().Count(found => found.Module is ConvNorm) - OneToManyUnits, rewritten.Log.Folded.Count);

        V10 deployed = (V10)rewritten.Network;
        Assert.Null(deployed.Forward(input).OneToMany);
        Assert.Throws<GraftException>(() => deployed.ForwardOneToMany(input));
        string[] gone = ["*.bn.*", "model.23.cv*"];
        Assert.DoesNotContain(deployed.StateDict(), entry => gone.Any(pattern => NameMap.Fits(pattern, entry.Name)));
    }

    [SharedFact]
    public void EveryLayer_MatchesTheOriginal()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", Nano, "inference.npz"));
        using WeightFile layers = WeightFile.Open(Golden.PathOf("yolov10", Nano, "layers.npz"));
        using V10 model = Open(Nano);
        Copy[] copies = [.. model.Modules().Where(found => found.Path.Count(c => c == '.') == 1 && found.Module.TakesFollower).Select(found => new Copy(found.Module))];
        model.Forward(Golden.Of(golden["input"]).Narrow(0, 0, 1));
        Assert.Equal(17, copies.Length);
        Assert.All(copies, copy => Golden.Close(layers, $"layer.{copy.Host.Path["model.".Length..]}", copy.Output!, Allowed(Nano)));
    }

    [SharedTheory, InlineData(Nano), InlineData(Tiny)]
    public void FewerAnchorsThanTheLimit_AreNoError(string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using V10 model = Open(folder);
        EndToEndSelection selection = EndToEndSelection.Of(model.ForwardOneToOne(Tensor.Rand(1, 3, 64, 64)), YoloV10Head.Strides);
        Assert.Equal(Math.Min(300, 84 * model.Options.Nc), selection.Scores.Size(1));
        Assert.True(selection.Indices.Max().ToDouble() < 84);
    }

    [Fact]
    public void ImagesOfAnotherShape_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        using V10 model = new(new YoloV10Options { Nc = 2 });
        Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => model.Forward(Tensor.Zeros(1, 3, 60, 64))).Failure);
        Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => model.Forward(Tensor.Zeros(1, 1, 64, 64))).Failure);
    }

    [Fact]
    public void BothHeads_StartEqual_WithTheAuthorsBiases()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using V10 model = new(new YoloV10Options());
        Dictionary<string, Tensor> state = model.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (string name in state.Keys.Where(name => name.StartsWith("model.23.cv", StringComparison.Ordinal)))
        {
            string twin = name.Replace("model.23.", "model.23.one2one_", StringComparison.Ordinal);
            Assert.Equal(state[name].ToDoubles(), state[twin].ToDoubles());
        }

        double[] priors = [-11.5366, -10.1503, -8.7641];
        for (int level = 0; level < 3; level++)
        {
            Assert.All(state[$"model.23.cv3.{level}.2.bias"].ToDoubles(), bias => Assert.Equal(priors[level], bias, 1e-4));
            Assert.All(state[$"model.23.cv2.{level}.2.bias"].ToDoubles(), bias => Assert.Equal(1, bias));
        }

        Assert.Equal(Enumerable.Range(0, 16).Select(bin => (double)bin), state["model.23.dfl.conv.weight"].ToDoubles());
    }

    [SharedFact]
    public void OneToOneLosses_SendNoGradientIntoTheTrunk()
    {
        using TensorScope scope = TensorScope.Begin();
        using V10 model = Open(Tiny);
        model.Train();
        RawDetections raw = model.Forward(Tensor.Rand(2, 3, 64, 64)).OneToOne;
        (raw.Logits[0].Sum() + raw.Logits[1].Sum() + raw.Distributions[2].Sum()).Backward();
        Assert.All(
            model.Parameters().Where(entry => entry.Parameter.Value.Grad is not null),
            entry => Assert.StartsWith("model.23.one2one_", entry.Name, StringComparison.Ordinal));
        Assert.Contains(model.Parameters(), entry => entry.Parameter.Value.Grad is not null);
    }

    internal static YoloV10Options Options(string folder)
    {
        JsonElement manifest = Golden.Manifest("yolov10", folder), scale = manifest.GetProperty("scale");
        return new YoloV10Options
        {
            Scale = Enum.Parse<YoloV10Scale>(manifest.GetProperty("config").GetString()!["yolov10".Length..], ignoreCase: true),
            Depth = scale[0].GetDouble(),
            Width = scale[1].GetDouble(),
            MaxChannels = scale[2].GetInt32(),
            Nc = manifest.GetProperty("nc").GetInt32(),
        };
    }

    internal static JsonElement Inference(string folder)
        => Golden.Manifest("yolov10", folder).GetProperty("files").GetProperty("inference.npz").GetProperty("meta");

    internal static V10 Open(string folder)
    {
        V10 model = new(Options(folder));
        model.LoadWeights(Golden.PathOf("yolov10", folder, folder == Nano ? "stripped.pt" : "last.pt"));
        return model;
    }

    internal static YoloV10Detector Detector(string folder)
    {
        V10 model = Open(folder);
        return new YoloV10Detector(model, [.. Enumerable.Range(0, model.Options.Nc).Select(label => $"class{label}")]);
    }

    /// <summary>Keeps the output of a layer, which the network frees as soon as it has been read.</summary>
    private sealed class Copy : Layer
    {
        internal Copy(Module host) => (Host = host).Follower = this;

        internal Module Host { get; }

        internal Tensor? Output { get; private set; }

        protected override Tensor Run(Tensor input)
        {
            Output = input.Clone().Unscoped();
            return input;
        }
    }
}
