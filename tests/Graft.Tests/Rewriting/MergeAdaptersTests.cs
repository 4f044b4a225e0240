using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

public class MergeAdaptersTests
{
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);
    private static readonly ProofOptions Quick = new() { RandomSide = 64, CostSide = 64, TimedRuns = 0 };

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void LoraEverywhere_LeavesThePlainModel(int version)
    {
        YoloWorldOptions options = RandomNetworks.Small with { Version = version };
        using YoloWorld plain = RandomNetworks.World(options, DType.Float), adapted = Adapted(options, new LoraOptions { Rank = 4, Alpha = 4, At = ["**"], Dropout = 0.1 });
        Assert.Equal(20, ModelCopy.Attached(adapted).Count());
        using Rewrite rewrite = Rewrite.Of(adapted, Words);

        using Rewritten merged = rewrite.MergeAdapters(new MergeOptions { Completely = true }).Prove(Quick);

        Assert.Equal(plain.StateDict().Select(entry => entry.Name), merged.Network.StateDict().Select(entry => entry.Name));
        Assert.Equal(plain.ParameterCount, merged.Report.ParametersAfter);
        Assert.Equal(ModelCost.Of(64, 0, Subject.Of(plain, Words))[0].Gflops, merged.Report.GflopsAfter);
        Assert.True(merged.Report.GflopsAfter < merged.Report.GflopsBefore);
        Assert.InRange(merged.Proof.MaxRelativeDouble!.Value, 0, 1e-10);
        Assert.Empty(merged.Report.Left);
        Assert.Empty(merged.Adapters);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 64);
        Assert.True(RandomNetworks.Difference(Subject.Of(plain, Words).Forward(image), merged.Subject.Forward(image)) > 0.01, "The adapters change too little.");
    }

    [Fact]
    public void Consumers_AreThoseOfTheRecordedGraph()
    {
        using YoloWorld adapted = Adapted(RandomNetworks.Small, new LoraOptions { Rank = 4, At = ["**"] });
        RewriteLog log = new();
        using DetectionNetwork merged = MergeAdapters.Of(Subject.Of(adapted, Words), log: log);
        Dictionary<string, string> into = log.Folded.ToDictionary(part => part.Name, part => string.Join(" ", part.Into));
        Assert.Equal("neck.top_down_layers.0.main_conv.conv neck.bottom_up_layers.1.main_conv.conv", into["lora at neck.reduce_layers.2"]);
        Assert.Equal("neck.top_down_layers.1.main_conv.conv neck.bottom_up_layers.0.main_conv.conv", into["lora at neck.top_down_layers.0"]);
        Assert.Equal("backbone.image_model.stage4.0.conv neck.top_down_layers.0.main_conv.conv", into["lora at backbone.image_model.stage3"]);
        Assert.Equal("bbox_head.head_module.cls_preds.1.0.conv bbox_head.head_module.reg_preds.1.0.conv", into["lora at neck.out_layers.1"]);
        Assert.Equal("bbox_head.head_module.cls_preds.2.2", into["lora at bbox_head.head_module.cls_preds.2"]);
        Assert.Equal("bbox_head.head_module.reg_preds.0.2", into["lora at bbox_head.head_module.reg_preds.0"]);
    }

    [Theory]
    [InlineData("bottleneck reduction_ratio=2", 2)]
    [InlineData("hierarchical", 2)]
    [InlineData("rep_mona rank=4", 2)]
    [InlineData("rep_mona rank=4", 1)]
    [InlineData("rep_mona_bn rank=4", 2)]
    [InlineData("true_mona hidden_dim=8", 2)]
    [InlineData("true_mona_v2 hidden_dim=8", 2)]
    [InlineData("moe_rep_mona rank=4", 2)]
    [InlineData("moe_rep_mona_v2 rank=4 top_k=1", 2)]
    public void NonlinearAdapters_StayInTheirCheapestForm(string kind, int version)
    {
        string[] parts = kind.Split(' ');
        AdapterOptions options = AdapterOptions.Parse(parts[0], parts[1..]) with { At = ["neck", "head", "backbone.stage{3,4}"] };
        using YoloWorld adapted = Adapted(RandomNetworks.Small with { Version = version }, options);
        using Rewrite rewrite = Rewrite.Of(adapted, Words);

        using Rewritten merged = rewrite.MergeAdapters().FoldNorms().Prove(Quick);

        Assert.InRange(merged.Proof.MaxRelativeDouble!.Value, 0, 1e-9);
        Assert.Equal(18, merged.Report.Left.Count);
        Assert.All(merged.Adapters, left => Assert.StartsWith("merged_", left.Kind));
        Assert.Equal(18, merged.Adapters.SelectMany(left => left.At).Intersect(YoloWorldSites.All.Select(site => site.Name)).Count());
        Assert.True(merged.Report.GflopsPlain < merged.Report.GflopsAfter);
        Assert.True(merged.Report.GflopsAfter <= 1.001 * merged.Report.GflopsBefore);
        Assert.InRange(merged.Report.LeftShareGflops, 1e-6, 10);
    }

    [Fact]
    public void LoraBeforeANonlinearAdapter_StaysWithTheReason()
    {
        using YoloWorld adapted = Adapted(
            RandomNetworks.Small,
            new LoraOptions { Rank = 2, Alpha = 8, At = ["backbone.stage{3,4}"] },
            new RepMonaOptions { Rank = 4, At = ["neck"] },
            new LoraOptions { Rank = 4, At = ["head"] });
        using Rewrite rewrite = Rewrite.Of(adapted, Words);

        using Rewritten merged = rewrite.MergeAdapters().Prove(Quick);

        Assert.Equal(6, merged.Log.Folded.Count(part => part.Into is [string into] && into.StartsWith("bbox_head", StringComparison.Ordinal) && part.Name.StartsWith("lora", StringComparison.Ordinal)));
        LeftPart left = Assert.Single(merged.Report.Left, part => part.Name == "backbone.image_model.stage4");
        Assert.Contains("neck.reduce_adapters.2", left.Reason, StringComparison.Ordinal);
        LoraOptions kept = Assert.Single(merged.Adapters.OfType<LoraOptions>(), lora => lora.At[0] == "backbone.stage4");
        Assert.Equal(2, kept.Alpha);
        using Rewrite strict = Rewrite.Of(adapted, Words);
        Assert.Contains("neck", Assert.Throws<MergeRefusedException>(() => strict.MergeAdapters(new MergeOptions { Completely = true })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoraInYoloV10_FoldsIntoTheReadersOfBothHeads()
    {
        TorchRuntime.Seed(7);
        using YoloV10 network = new(new YoloV10Options { Width = 0.5, Nc = 3 });
        RandomNetworks.Shake(network);
        network.Train(false);
        TuningOptions tuning = new() { Adapters = [new LoraOptions { Rank = 4, Alpha = 1, At = ["**"] }] };
        using (AdapterPlan plan = AdapterPlan.For(network, YoloV10Sites.All, tuning, () => network.ForwardOneToOne(Tensor.Zeros(1, 3, 64, 64))))
        {
            plan.Apply();
        }

        foreach ((_, _, Layer layer) in ModelCopy.Attached(network))
        {
            RandomNetworks.Shake(layer);
        }

        using YoloV10Detector detector = new(network, ["a", "b", "c"]);
        using Rewrite rewrite = Rewrite.Of(detector);
        using Rewritten merged = rewrite.MergeAdapters().Prove(Quick);

        // Its class branches begin with depthwise convolutions, which each read one channel of the mix.
        Assert.Equal(["model.16", "model.19", "model.22"], merged.Report.Left.Select(left => left.Name).Order());
        Assert.All(merged.Report.Left, left => Assert.Contains("grouped", left.Reason, StringComparison.Ordinal));
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 64);
        RawDetections before = network.ForwardOneToMany(image), after = ((YoloV10)merged.Network).ForwardOneToMany(image);
        Assert.InRange(RandomNetworks.Difference(before, after), 0, 1e-3);
    }

    [Fact]
    public void MergedBakedAndFolded_IsProvedAsOneChain()
    {
        using YoloWorld adapted = Adapted(
            RandomNetworks.Small, new LoraOptions { Rank = 4, At = ["neck.out", "head.reg"] }, new RepMonaOptions { Rank = 4, At = ["head.cls", "neck.top_down"] });
        using Rewrite rewrite = Rewrite.Of(adapted, Words);
        using Rewritten merged = rewrite.MergeAdapters().Bake().FoldNorms().Prove(Quick);
        Assert.False(((YoloWorld)merged.Network).Options.Form.ComposedHead);
        Assert.Equal(["adapters merged", "prompts baked into head and neck", "normalisations folded"], merged.Log.Steps);
        Assert.InRange(merged.Proof.MaxRelativeDouble!.Value, 0, 1e-9);
    }

    [Fact]
    public void Adapters_AreKept_WhenOnlyTheVocabularyIsBaked()
    {
        using YoloWorld adapted = Adapted(RandomNetworks.Small, new RepMonaOptions { Rank = 4, At = ["**"] });
        using Rewrite rewrite = Rewrite.Of(adapted, Words);
        using Rewritten baked = rewrite.Bake().Prove(Quick);
        Assert.Equal(20, baked.Adapters.Count);
        Assert.Contains("neck.out_adapters.0.up_proj.weight", baked.Network.StateDict().Select(entry => entry.Name));
    }

    [Fact]
    public void PartialStrength_IsMerged()
    {
        using YoloWorld adapted = Adapted(RandomNetworks.Small, new LoraOptions { Rank = 4, At = ["**"] });
        foreach ((_, _, Layer layer) in ModelCopy.Attached(adapted))
        {
            ((Adapter)layer).Strength = 0.3;
        }

        using Rewrite rewrite = Rewrite.Of(adapted, Words);
        using Rewritten merged = rewrite.MergeAdapters(new MergeOptions { Completely = true }).Prove(Quick);
        Assert.InRange(merged.Proof.MaxRelativeDouble!.Value, 0, 1e-10);
    }

    [Fact]
    public void UntrainedAdapter_IsMergedWithAWarning()
    {
        using YoloWorld adapted = RandomNetworks.World(type: DType.Float);
        Attach(adapted, new LoraOptions { Rank = 4, At = ["neck.out.1"] });
        using Rewrite rewrite = Rewrite.Of(adapted, Words);
        using Rewritten merged = rewrite.MergeAdapters().Prove(Quick);
        Assert.Contains(merged.Report.Notes, note => note.Contains("neck.out_layers.1", StringComparison.Ordinal) && note.Contains("never trained", StringComparison.Ordinal));
    }

    [Fact]
    public void ActiveDropout_IsRefused()
    {
        using YoloWorld adapted = Adapted(RandomNetworks.Small, new LoraOptions { Rank = 4, At = ["neck.out.1"], Dropout = 0.1 });
        adapted.Train();
        Assert.Contains("random", Assert.Throws<MergeRefusedException>(() => MergeAdapters.Of(Subject.Of(adapted, Words))).Message, StringComparison.Ordinal);
        using Rewrite rewrite = Rewrite.Of(adapted, Words);
        Assert.Throws<MergeRefusedException>(() => rewrite.MergeAdapters());
    }

    [Fact]
    public void Source_IsUntouched()
    {
        using YoloWorld adapted = Adapted(RandomNetworks.Small, new LoraOptions { Rank = 4, At = ["neck"] }, new TrueMonaOptions { HiddenDim = 4, At = ["head"] });
        double[] before = [.. adapted.StateDict().SelectMany(entry => entry.Value.ToDoubles())];
        using DetectionNetwork merged = MergeAdapters.Of(Subject.Of(adapted, Words));
        Assert.Equal(before, adapted.StateDict().SelectMany(entry => entry.Value.ToDoubles()));
        Assert.Equal(16, ModelCopy.Attached(adapted).Count());
        Assert.All(ModelCopy.Attached(merged), found => Assert.IsType<MergedTrueMonaAdapter>(found.Layer));
    }

    internal static YoloWorld Adapted(YoloWorldOptions options, params AdapterOptions[] adapters)
    {
        YoloWorld model = RandomNetworks.World(options, DType.Float);
        Attach(model, adapters);
        TorchRuntime.Seed(9);
        foreach ((_, _, Layer layer) in ModelCopy.Attached(model))
        {
            RandomNetworks.Shake(layer);
        }

        return model;
    }

    private static void Attach(YoloWorld model, params AdapterOptions[] adapters)
    {
        using AdapterPlan plan = AdapterPlan.For(
            model, YoloWorldSites.All, new TuningOptions { Adapters = adapters }, () => Subject.Of(model, Words).Forward(Tensor.Zeros(1, 3, 64, 64)));
        plan.Apply();
        model.Train(false);
        model.NamePaths();
    }
}
