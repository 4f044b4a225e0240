using Graft.Torch.Layers;
using Graft.Torch.Tests.Tensors;

namespace Graft.Torch.Tests.Layers;

public class ParameterTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reset_PutsOtherValuesInPlace_AndKeepsWhetherTheyAreTrained(bool trainable)
    {
        using Linear layer = new(2, 1);
        layer.Weight.Trainable = trainable;
        layer.Weight.Reset(Tensor.From([3f, 4f], 1, 2));
        Expect.Values(layer.Weight.Value, [1, 2], 3, 4);
        Assert.Equal(trainable, layer.Weight.Trainable);
    }
}
