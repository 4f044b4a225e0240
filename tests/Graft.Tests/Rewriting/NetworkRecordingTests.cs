using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Reports;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

/// <summary>A recorder changes nothing that runs, and fused kernels report the same operators as separate ones.</summary>
public class NetworkRecordingTests
{
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);

    private static readonly string[] Kinds =
    [
        "", "lora rank=4 dropout=0.2", "bottleneck reduction_ratio=2", "hierarchical", "rep_mona rank=4", "rep_mona_bn rank=4",
        "true_mona hidden_dim=8", "true_mona_v2 hidden_dim=8", "moe_rep_mona rank=4", "moe_rep_mona_v2 rank=4 top_k=1 router_noise=true",
    ];

    private static readonly string[] Forms = ["v1", "v2", "trains", "folded", "baked"];

    public static IEnumerable<object[]> Adapted => Kinds.SelectMany(kind => Forms.Select(form => new object[] { kind, form }));

    [Theory, MemberData(nameof(Adapted))]
    public void YoloWorldWithAdapters_GivesTheSameBits(string kind, string form)
    {
        using YoloWorld network = World(kind, form);
        Vocabulary? words = form == "baked" ? null : Words;
        TheSameBits(() => Subject.Of(network, words).Forward(RandomNetworks.Noise(DType.Float, 2, 3, 64, 64)), learns: form == "trains");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("trains")]
    [InlineData("deployed")]
    public void YoloV10_GivesTheSameBits(string form)
    {
        using YoloV10 network = Ten(form);
        TheSameBits(() => network.ForwardOneToOne(RandomNetworks.Noise(DType.Float, 2, 3, 64, 64)), learns: form == "trains");
    }

    [Theory]
    [InlineData("")]
    [InlineData("bottleneck reduction_ratio=2")]
    [InlineData("hierarchical")]
    [InlineData("moe_rep_mona rank=4")]
    public void DeployedYoloWorld_ReportsTheOperatorsOneByOne(string kind)
    {
        using YoloWorld network = World(kind, "folded");
        // The moments of an image are one kernel with its own operator; the separate path uses other operators instead.
        TheSameReport(network, () => Subject.Of(network, Words).Forward(RandomNetworks.Noise(DType.Float, 1, 3, 64, 64)), operators: kind is "" or "bottleneck reduction_ratio=2");
    }

    [Fact]
    public void DeployedYoloV10_ReportsTheOperatorsOneByOne()
    {
        using YoloV10 network = Ten("deployed");
        TheSameReport(network, () => network.ForwardOneToOne(RandomNetworks.Noise(DType.Float, 1, 3, 64, 64)), operators: true);
    }

    [Fact]
    public void TrainingYoloV10_ReportsTheOperatorsOneByOne()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloV10 network = Ten("trains");
        OperationRecorder fused = Record(() => network.ForwardOneToOne(RandomNetworks.Noise(DType.Float, 2, 3, 64, 64)));
        network.To(DType.Double);                                   // normalisation and activation of doubles are not fused
        OperationRecorder single = Record(() => network.ForwardOneToOne(RandomNetworks.Noise(DType.Double, 2, 3, 64, 64)));
        Assert.Equal(Lines(single), Lines(fused));
        Assert.Equal(FlopCount.Of(single.Operations), FlopCount.Of(fused.Operations));
    }

    private static void TheSameBits(Func<RawDetections> forward, bool learns)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad? off = learns ? null : NoGrad.Begin();
        float[][] alone = Answers(forward), watched;
        using (OperationRecorder recorder = new())
        {
            watched = Answers(forward);
            Assert.True(recorder.Operations.Count > 100);
        }

        Assert.Equal(alone, watched);
        Assert.DoesNotContain(alone, map => map.Any(float.IsNaN));
    }

    /// <summary>Dropout and noise are the same in every call.</summary>
    private static float[][] Answers(Func<RawDetections> forward)
    {
        TorchRuntime.Seed(3);
        using TensorScope scope = TensorScope.Begin();
        RawDetections raw = forward();
        return [.. raw.Logits.Concat(raw.Distributions).Select(map => map.ToArray<float>())];
    }

    private static void TheSameReport(Module network, Func<RawDetections> forward, bool operators)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        OperationRecorder packed = Record(forward);
        string table = LayerTable.Of(network, () => forward()).ToText();
        Conv2d[] convolutions = [.. network.Modules().Concat(ModelCopy.Attached(network).SelectMany(found => found.Layer.Modules()))
            .Select(found => found.Module).OfType<Conv2d>()];
        Assert.Contains(convolutions, conv => conv.Packed);
        Array.ForEach(convolutions, conv => conv.Packed = false);
        OperationRecorder single = Record(forward);
        Assert.Equal(table, LayerTable.Of(network, () => forward()).ToText());
        Assert.Equal(FlopCount.Of(single.Operations), FlopCount.Of(packed.Operations));
        Assert.Equal(single.Calls.Select(call => (call.Path, string.Join('×', call.Shape))), packed.Calls.Select(call => (call.Path, string.Join('×', call.Shape))));
        if (operators)
        {
            Assert.Equal(Lines(single), Lines(packed));
        }
    }

    private static OperationRecorder Record(Func<RawDetections> forward)
    {
        using OperationRecorder recorder = new();
        using TensorScope scope = TensorScope.Begin();
        forward();
        return recorder;
    }

    /// <summary>Each operator with its module, its shapes, and which earlier operators' results it reads.</summary>
    private static string[] Lines(OperationRecorder recorder)
    {
        Dictionary<Tensor, int> made = new(ReferenceEqualityComparer.Instance);
        return [.. recorder.Operations.Select((operation, i) =>
        {
            string read = string.Join(' ', operation.Inputs.SelectMany(input => input.Tensor is { } one ? [one] : input.Tensors.OfType<Tensor>())
                .Select(tensor => made.TryGetValue(tensor, out int at) ? $"{at}" : "-"));
            foreach (Tensor output in operation.Outputs.OfType<Tensor>())
            {
                made[output] = i;
            }

            string shapes = string.Join(' ', operation.InputShapes.Concat(operation.OutputShapes).Select(shape => string.Join('×', shape)));
            return $"{operation.Name} in {operation.Module} reads {read}: {shapes}";
        })];
    }

    private static YoloWorld World(string kind, string form)
    {
        string[] parts = kind.Split(' ');
        AdapterOptions[] adapters = kind.Length == 0 ? [] : [AdapterOptions.Parse(parts[0], parts[1..]) with { At = ["neck", "head", "backbone.stage{3,4}"] }];
        YoloWorld network = MergeAdaptersTests.Adapted(RandomNetworks.Small with { Version = form == "v1" ? 1 : 2 }, adapters);
        if (form is "v1" or "v2" or "trains")
        {
            network.Train(form == "trains");
            return network;
        }

        using YoloWorld plain = network;
        using YoloWorld merged = (YoloWorld)MergeAdapters.Of(Subject.Of(plain, Words));
        using YoloWorld baked = form == "baked" ? BakeVocabulary.Of(merged, Words) : ModelCopy.Of(merged);
        YoloWorld folded = YoloWorldFolding.Of(baked);
        folded.Train(false);
        return folded;
    }

    private static YoloV10 Ten(string form)
    {
        TorchRuntime.Seed(7);
        YoloV10 network = new(new YoloV10Options { Nc = 3 });
        RandomNetworks.Shake(network);
        network.Train(form == "trains");
        if (form != "deployed")
        {
            return network;
        }

        using YoloV10 plain = network;
        YoloV10 deployed = Deployment.Of(plain);
        deployed.Train(false);
        return deployed;
    }
}
