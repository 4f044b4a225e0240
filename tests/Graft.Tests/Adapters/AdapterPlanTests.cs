using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Adapters;

public class AdapterPlanTests
{
    private static readonly YoloWorldOptions Narrow = new() { WidenFactor = 0.125, DeepenFactor = 0.33, TextDim = 32 };

    [Theory]
    [InlineData("neck.out_layers.1", "neck.out_layers.10.conv.weight", false)]
    [InlineData("neck.out_layers.1", "neck.out_layers.1.conv.weight", true)]
    [InlineData("neck.*.0", "neck.top_down.0", true)]
    [InlineData("neck.*.0", "neck.a.b.0", false)]
    [InlineData("neck.**.0", "neck.a.b.0", true)]
    [InlineData("neck.**", "neck", true)]
    [InlineData("neck.**", "necklace.a", false)]
    [InlineData("**", "", true)]
    [InlineData("**.router", "neck.out_adapters.1.router.weight", true)]
    [InlineData("backbone.stage{3,4}", "backbone.stage4", true)]
    [InlineData("backbone.stage{3,4}", "backbone.stage2", false)]
    [InlineData("{a,b}.{c,d}", "b.c.weight", true)]
    [InlineData("stage", "backbone.stage4", false)]
    public void Patterns_MatchWholeSegments(string pattern, string name, bool covers)
        => Assert.Equal(covers, new DottedPattern(pattern).Covers(name));

    [Fact]
    public void PlanBeforeApplying_ChangesNothingAndListsEverything()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld model = new(Narrow);
        TuningOptions options = new()
        {
            Adapters = [new LoraOptions { Rank = 4, At = ["backbone.**"] }, new RepMonaOptions { At = ["neck.{reduce,out}.*"] }],
            Unfreeze =
            [
                new UnfreezeOptions { At = "neck.top_down_layers.1" },
                new UnfreezeOptions { At = "neck.out_layers.2", Historical = true },
            ],
        };
        using AdapterPlan plan = Tuning.Plan(model, options);
        Assert.Equal(model.ParameterCount, model.TrainableCount);
        Assert.Equal(10, plan.Adapters.Count);
        string text = plan.ToString();
        Assert.Contains("backbone.stage3", text);
        Assert.Contains("rep_mona", text);
        Assert.Contains("merges away", text);
        Assert.Contains("neck.out_layers.2      matches nothing (historical)", text);
        Assert.Contains("parameters are trainable", text);
    }

    [Theory]
    [InlineData("backbone", "backbone.stage1, backbone.stage2")]
    [InlineData("neck", "neck.reduce.0, neck.reduce.1")]
    [InlineData("bbox_head.head_module", "head.cls.0")]
    public void AdapterBehindSeveralMaps_IsRefused_WithSitesThatTakeOne(string layer, string instead)
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld model = new(Narrow);
        AdapterSite whole = new("whole", layer, "adapters.whole");
        TuningOptions options = new() { Adapters = [new LoraOptions { Rank = 4, At = ["who*"] }] };
        GraftException error = Assert.Throws<GraftException>(
            () => AdapterPlan.For(model, [whole, .. YoloWorldSites.All], options, () => throw new InvalidOperationException("Nothing runs.")));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains($"pattern 'who*' matches the site whole, but {layer} has several output maps", error.Message, StringComparison.Ordinal);
        Assert.Contains(instead, error.Hint, StringComparison.Ordinal);
        Assert.Null(model.Find(layer)!.Follower);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => model.Find(layer)!.Follower = new Identity()).Failure);
    }

    [Theory]
    [InlineData("model", "model.1")]
    [InlineData("model.23", "model.23.cv2.0")]
    public void AdapterBehindAWholeYoloV10_IsRefused_WithLayersInside(string layer, string inside)
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloV10 model = new(new YoloV10Options { Nc = 2 });
        TuningOptions options = new() { Adapters = [new LoraOptions { Rank = 4, At = ["whole"] }] };
        GraftException error = Assert.Throws<GraftException>(
            () => AdapterPlan.For(model, [new AdapterSite("whole", layer, "adapters.whole")], options, () => { }));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(inside, error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void EverySiteOfEveryFamily_TakesAnAdapter()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld first = new(Narrow with { Version = 1 }), second = new(Narrow);
        using YoloV10 third = new(new YoloV10Options { Nc = 2 });
        Assert.All(YoloWorldSites.All, site => Assert.True(first.Find(site.ModulePath)!.TakesFollower, site.Name));
        Assert.All(YoloWorldSites.All, site => Assert.True(second.Find(site.ModulePath)!.TakesFollower, site.Name));
        Assert.All(YoloV10Sites.All, site => Assert.True(third.Find(site.ModulePath)!.TakesFollower, site.Name));
    }

    [Fact]
    public void ChannelsOfEverySite_ComeFromTheModel()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld world = new(Narrow with { WidenFactor = 0.375 });
        using AdapterPlan all = Tuning.Plan(world, new TuningOptions { Adapters = [new LoraOptions { At = ["**"] }] });
        Assert.Equal(20, all.Adapters.Count);
        Assert.All(
            all.Adapters.Where(planned => planned.Site.Name.StartsWith("head.reg")), planned => Assert.Equal(64, planned.Adapter.Channels));
        Assert.All(
            all.Adapters.Where(planned => planned.Site.Name.StartsWith("head.cls")), planned => Assert.Equal(32, planned.Adapter.Channels));
        Assert.Equal(world.Options.StageChannels[1..], all.Adapters.Take(4).Select(planned => planned.Adapter.Channels));

        using YoloV10 ten = new(new YoloV10Options { Scale = YoloV10Scale.N });
        using AdapterPlan layers = Tuning.Plan(
            ten, new TuningOptions { Adapters = [new LoraOptions { At = ["layer.{4,13}", "layer.2*"] }] });
        Assert.Equal(["layer.2", "layer.4", "layer.13", "layer.20", "layer.22"], layers.Adapters.Select(planned => planned.Site.Name));
        AttachedAdapters attached = layers.Apply();
        Assert.Contains(ten.StateDict(), entry => entry.Name == "adapters.13.lora_B.weight");
        attached.Detach();
    }

    [Theory]
    [InlineData("adapter", "neck.topdown.0", "neck.top_down.0")]
    [InlineData("unfreeze", "neck.top_down_layer.1", "neck.top_down_layers.1")]
    [InlineData("freeze", "backbon", "backbone")]
    [InlineData("rates", "bbox_head.head_module.cls_adapter.0", "bbox_head.head_module.cls_adapters.0")]
    public void PatternThatMatchesNothing_IsRefusedWithTheNearestName(string section, string pattern, string nearest)
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld model = new(Narrow);
        LoraOptions head = new() { At = ["head.**"] };
        TuningOptions options = section switch
        {
            "adapter" => new() { Adapters = [new LoraOptions { At = [pattern] }] },
            "unfreeze" => new() { Unfreeze = [new UnfreezeOptions { At = pattern }] },
            "freeze" => new() { Freeze = [pattern] },
            _ => new() { Adapters = [head], Rates = [new RateOptions { At = pattern }] },
        };
        GraftException error = Assert.Throws<GraftException>(() => Tuning.Plan(model, options));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(pattern, error.Message);
        Assert.Contains(nearest, error.Hint);
    }

    [Fact]
    public void OneSite_TakesOneAdapter()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld model = new(Narrow);
        TuningOptions twice = new() { Adapters = [new LoraOptions { At = ["neck.**"] }, new RepMonaOptions { At = ["neck.out.0"] }] };
        Assert.Contains("neck.out.0", Assert.Throws<GraftException>(() => Tuning.Plan(model, twice)).Message);
        TuningOptions once = new() { Adapters = [new LoraOptions { At = ["neck.**"] }] };
        Tuning.Plan(model, once).Apply();
        Assert.Contains("already", Assert.Throws<GraftException>(() => Tuning.Plan(model, once)).Message);
    }
}
