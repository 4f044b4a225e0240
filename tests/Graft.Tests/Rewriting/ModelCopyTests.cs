using Graft.Adapters;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

public class ModelCopyTests
{
    [Fact]
    public void Copy_GivesTheSameOutputFromItsOwnMemory()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld source = RandomNetworks.World(type: DType.Float);
        source.LearnPrompts(RandomNetworks.Noise(DType.Float, 5, 24));
        LoraAdapter adapter = new(new LoraOptions { Rank = 4 }, 64) { Strength = 0.5 };
        RandomNetworks.Shake(adapter);
        source.Find("neck.out_layers.1")!.Follower = adapter;

        using YoloWorld copy = ModelCopy.Of(source);

        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 64), text = source.Prompts!.Value.Unsqueeze(0);
        double[] expected = source.Forward(image, text).Logits[1].ToDoubles();
        Assert.Equal(expected, copy.Forward(image, copy.Prompts!.Value.Unsqueeze(0)).Logits[1].ToDoubles());
        foreach ((_, Parameter parameter) in source.State())
        {
            parameter.Value.Fill(0);
        }

        adapter.B.Weight.Value.Fill(0);
        Assert.Equal(expected, copy.Forward(image, copy.Prompts!.Value.Unsqueeze(0)).Logits[1].ToDoubles());
    }

    [Fact]
    public void Copy_OfAModuleWithoutOptions_IsRefused()
        => Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => ModelCopy.Of(new Identity())).Failure);
}
