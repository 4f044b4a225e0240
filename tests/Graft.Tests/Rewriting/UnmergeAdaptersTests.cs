using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

public class UnmergeAdaptersTests
{
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);

    [Fact]
    public void Unmerged_GivesTheOldWeightsBackWithinAStatedError()
    {
        using YoloWorld adapted = Adapted(), plain = ModelCopy.Bare(adapted);
        using DetectionNetwork merged = MergeAdapters.Of(Subject.Of(adapted, Words));

        Unmerged result = UnmergeAdapters.Of(Subject.Of((YoloWorld)merged, Words), Loras(adapted));

        using Module network = result.Network;
        Assert.False(result.Exact);
        Assert.InRange(result.MaxRelative, 0, 1e-6);
        Assert.InRange(Difference(plain, merged), 0.01, double.MaxValue);
        Assert.InRange(Difference(plain, network), 0, 1e-5);
    }

    [Fact]
    public void Unmerged_IsTheKeptNetworkBitForBit()
    {
        using YoloWorld adapted = Adapted(), plain = ModelCopy.Bare(adapted);
        using DetectionNetwork merged = MergeAdapters.Of(Subject.Of(adapted, Words));

        Unmerged result = UnmergeAdapters.Of(Subject.Of((YoloWorld)merged, Words), Loras(adapted), plain);

        using Module network = result.Network;
        Assert.True(result.Exact);
        Assert.Equal(0, Difference(plain, network));
    }

    [Fact]
    public void OtherWeightsThanThoseThatWereMerged_AreRefused()
    {
        using YoloWorld adapted = Adapted(), other = RandomNetworks.World(type: DType.Float);
        using (NoGrad off = NoGrad.Begin())
        {
            other.State().Single(entry => entry.Name == "backbone.image_model.stem.conv.weight").Parameter.Value.ScaleInPlace(1.01);
        }

        using DetectionNetwork merged = MergeAdapters.Of(Subject.Of(adapted, Words));
        Assert.Contains("differ by", Assert.Throws<MergeRefusedException>(
            () => UnmergeAdapters.Of(Subject.Of((YoloWorld)merged, Words), Loras(adapted), other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AdapterWithoutAnInverse_IsRefused()
    {
        using YoloWorld plain = RandomNetworks.World(type: DType.Float);
        using LoraAdapter adapter = new(new LoraOptions { Rank = 1, Alpha = 1 }, 64);
        using (TensorScope scope = TensorScope.Begin())
        using (NoGrad off = NoGrad.Begin())
        {
            adapter.A.Weight.Value.Fill(0).Narrow(1, 0, 1).Fill(1);
            adapter.B.Weight.Value.Fill(0).Narrow(0, 0, 1).Fill(-1);
        }

        Assert.Contains("no inverse", Assert.Throws<MergeRefusedException>(
            () => UnmergeAdapters.Of(Subject.Of(plain, Words), [("neck.out_layers.1", adapter)])).Message, StringComparison.Ordinal);
    }

    private static YoloWorld Adapted() => MergeAdaptersTests.Adapted(RandomNetworks.Small, new LoraOptions { Rank = 4, Alpha = 2, At = ["**"] });

    private static (string Path, LoraAdapter Adapter)[] Loras(YoloWorld model)
        => [.. ModelCopy.Attached(model).Select(found => (found.Path, (LoraAdapter)found.Layer))];

    private static double Difference(Module expected, Module found)
    {
        Dictionary<string, Tensor> values = found.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        return expected.StateDict().Where(entry => entry.Value.DType == DType.Float)
            .Max(entry => ProofEntry.Of(entry.Name, entry.Value, values[entry.Name]).MaxRelative);
    }
}
