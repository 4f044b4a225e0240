using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Tests.Rewriting;

public class FoldNormsTests
{
    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(2, 5, 0)]
    [InlineData(2, 5, 5)]
    public void Folded_MatchesTheOriginal(int version, int bakedHead, int bakedNeck)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld source = RandomNetworks.World(RandomNetworks.Small with { Version = version, Form = new YoloWorldForm(BakedHead: bakedHead, BakedNeck: bakedNeck) });
        Tensor image = RandomNetworks.Noise(DType.Double, 3, 3, 96, 64), text = RandomNetworks.Noise(DType.Double, 1, 5, 24);
        double[] before = [.. source.StateDict().SelectMany(entry => entry.Value.ToDoubles())];
        RewriteLog log = new();

        using YoloWorld folded = YoloWorldFolding.Of(source, log);

        Assert.InRange(RandomNetworks.Difference(source.Forward(image, text), folded.Forward(image, text)), 0, 1e-10);
        Assert.DoesNotContain(folded.StateDict(), entry => entry.Name.Contains("running_mean", StringComparison.Ordinal));
        Assert.Equal(before, source.StateDict().SelectMany(entry => entry.Value.ToDoubles()));
        Assert.Equal(source.StateDict().Count(entry => entry.Name.EndsWith("running_mean", StringComparison.Ordinal)), log.Folded.Count);
    }

    [Fact]
    public void FoldedModel_AcceptsOneTextPerImage()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld source = RandomNetworks.World();
        using YoloWorld folded = YoloWorldFolding.Of(source);
        Tensor image = RandomNetworks.Noise(DType.Double, 3, 3, 64, 64), text = RandomNetworks.Noise(DType.Double, 3, 5, 24);
        Assert.InRange(RandomNetworks.Difference(source.Forward(image, text), folded.Forward(image, text)), 0, 1e-10);
    }

    [Fact]
    public void BakedAndFolded_EndsInOneConvolutionPerLevel()
    {
        using YoloWorld source = RandomNetworks.World(RandomNetworks.Small with { Form = new YoloWorldForm(BakedHead: 5, BakedNeck: 5) });
        using YoloWorld folded = YoloWorldFolding.Of(source);
        Assert.True(folded.Options.Form.ComposedHead);
        Assert.Equal([5, 32, 1, 1], folded.StateDict().Single(entry => entry.Name == "bbox_head.head_module.cls_preds.0.2.weight").Value.Shape);
        Assert.DoesNotContain(folded.StateDict(), entry => entry.Name.Contains("cls_contrasts", StringComparison.Ordinal));
    }

    [Fact]
    public void FoldedOnce_IsCopiedTheSecondTime()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld source = RandomNetworks.World();
        using YoloWorld folded = YoloWorldFolding.Of(source), again = YoloWorldFolding.Of(folded);
        Assert.NotSame(folded, again);
        Tensor image = RandomNetworks.Noise(DType.Double, 1, 3, 64, 64), text = RandomNetworks.Noise(DType.Double, 1, 5, 24);
        Assert.Equal(0, RandomNetworks.Difference(folded.Forward(image, text), again.Forward(image, text)));
    }
}
