using Graft.Adapters;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;
using Graft.Training;

namespace Graft.Tests.Training;

/// <summary>A network trains the same whether its frozen layers run one by one or in their deployed form.</summary>
[Trait("Kind", "Parity")]
public class FrozenPartTests
{
    private const int Side = 96;

    private static readonly UnfreezeOptions Head = new() { At = "bbox_head" };
    private static readonly YoloWorldOptions First = RandomNetworks.Small with { Version = 1 }, Second = RandomNetworks.Small with { Version = 2 };
    private static readonly YoloV10Options Ten = new() { Nc = 3 };

    /// <summary>Networks, adapters and unfrozen parts that differ in where the first trainable layer is.</summary>
    public static TheoryData<string, ModelOptions, TuningOptions> Cases => new()
    {
        { "v2, neck", Second, new() { Adapters = [new RepMonaOptions { At = ["neck.**"] }] } },
        { "v1, neck", First, new() { Adapters = [new RepMonaOptions { At = ["neck.**"] }] } },
        { "v2, backbone and head", Second, new() { Adapters = [new LoraOptions { At = ["backbone.stage{2,4}", "head.**"] }] } },
        { "v2, head unfrozen", Second, new() { Unfreeze = [Head] } },
        { "v2, norms unfrozen", Second, new() { Unfreeze = [new UnfreezeOptions { At = "neck.**.bn" }] } },
        { "v2, one level of the head", Second, new() { Unfreeze = [new UnfreezeOptions { At = "bbox_head.head_module.{cls_preds,reg_preds}.2" }] } },
        { "v10, all sites", Ten, new() { Adapters = [new LoraOptions { At = ["**"] }] } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void GradientsAndMaps_AreThoseOfTheLayers(string name, ModelOptions model, TuningOptions tuning)
    {
        Assert.NotEmpty(name);
        using TensorScope scope = TensorScope.Begin();
        using IDetector detector = RandomNetworks.Tuned(model, tuning, out AttachedAdapters attached);
        DetectionNetwork network = detector.Network;
        using FrozenPart frozen = new(network);
        Assert.True(frozen.Count > 20, $"{frozen.Count} layers");
        double[][] plain = Run(network, attached.Groups), deployed;
        using (frozen.Begin())
        {
            deployed = Run(network, attached.Groups);
        }

        Assert.Equal(plain.SelectMany(values => values), Run(network, attached.Groups).SelectMany(values => values));      // as before, bit for bit
        network.To(DType.Double);
        double[][] wide = Run(network, attached.Groups);
        for (int i = 0; i < wide.Length; i++)
        {
            // The error of float32 itself, layer by layer, is the measure; a single number's error may be small by chance.
            double size = wide[i].Max(Math.Abs), own = Apart(wide[i], plain[i]), found = Apart(wide[i], deployed[i]);
            Assert.True(found <= (6 * own) + (1e-5 * size), $"{name}, {(i < 6 ? $"map {i}" : attached.Groups[i - 6].Name)}: {found} apart, layer by layer {own}, size {size}");
        }
    }

    [Fact]
    public void WhatIsFrozen_IsNotAveraged_AndItsFormIsFreedWithTheStep()
    {
        using TensorScope scope = TensorScope.Begin();
        using IDetector detector = RandomNetworks.Tuned(Second, new TuningOptions { Unfreeze = [Head] }, out _);
        using WeightAverage average = new(detector.Network);
        Assert.All(average.State(), entry => Assert.StartsWith("bbox_head", entry.Name));
        Assert.Contains(average.State(), entry => entry.Name.EndsWith("running_mean", StringComparison.Ordinal));
        Assert.Equal(0, FrozenPart.None.Count);
    }

    [Theory]
    [InlineData("neck.**", "neck.reduce_adapters.0", 0.2, 0.4, 0.5, 0.65)]
    [InlineData("head.**", "bbox_head.head_module", 0.5, 0.75, 0.3, 0.5)]
    public void Work_IsWhatTheGraphNeeds(string at, string begins, double leastBefore, double mostBefore, double leastShare, double mostShare)
    {
        YoloWorldOptions nano = new() { Version = 2, WidenFactor = 0.25, DeepenFactor = 0.33, LastStageOutChannels = 1024 };
        using IDetector detector = RandomNetworks.Tuned(nano, new TuningOptions { Adapters = [new LoraOptions { At = [at] }] }, out _);
        TrainingWork work = TrainingWork.Of(detector.Network);
        Assert.StartsWith(begins, work.GraphBegins);
        Assert.InRange(work.Before, leastBefore, mostBefore);
        Assert.InRange(work.Share, leastShare, mostShare);
        Assert.Contains($"the graph begins at {work.GraphBegins}: ", work.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Work_WithoutAnythingTrainable_IsSaid()
    {
        using IDetector detector = RandomNetworks.Tuned(Second, new TuningOptions(), out _);
        Assert.Equal("nothing is trained", TrainingWork.Of(detector.Network).ToString());
    }

    /// <summary>The six maps, then the gradient of each trained weight, of a smooth function of the maps; statistics are put back.</summary>
    private static double[][] Run(DetectionNetwork network, IReadOnlyList<ParameterGroup> groups)
    {
        using TensorScope scope = TensorScope.Begin();
        DType type = network.Parameters().First().Parameter.Value.DType;
        Dictionary<Parameter, Tensor> before = network.State().Where(entry => entry.Parameter.IsBuffer)
            .ToDictionary(entry => entry.Parameter, entry => entry.Parameter.Value.Clone());
        Tensor text = RandomNetworks.Noise(type, 1, 5, network.TextWidth ?? 1);
        IReadOnlyList<Tensor> maps = network.RunAll(RandomNetworks.Noise(type, 2, 3, Side, Side).To(MemoryFormat.ChannelsLast), network.TextWidth is null ? null : text);
        maps.Select(map => (map * RandomNetworks.Noise(type, [.. map.Shape])).Sum()).Aggregate((sum, next) => sum + next).Backward();
        double[][] result = [.. maps.Take(6).Select(map => map.ToDoubles()), .. groups.Select(group => group.Parameter.Value.Grad?.ToDoubles() ?? [0])];
        using NoGrad off = NoGrad.Begin();
        foreach ((Parameter parameter, Tensor value) in before)
        {
            parameter.Value.CopyFrom(value);
        }

        foreach (ParameterGroup group in groups)
        {
            group.Parameter.Value.Grad = null;
        }

        return result;
    }

    private static double Apart(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
