using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Torch.Tests.Optimizers;

public class OptimizerTests
{
    [Fact]
    public void AdamW_FollowsItsFormula()
    {
        using Linear layer = new(3, 1, bias: false);
        layer.Weight.Replace(Tensor.From([1f, -2, 3], 1, 3));
        layer.Weight.Trainable = true;
        using AdamW optimizer = new([new ParameterGroup("weight", layer.Weight)]);
        double[] weight = [1, -2, 3], first = new double[3], second = new double[3];
        for (int step = 1; step <= 3; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            (layer.Forward(Tensor.From([0.5f, 1, -2], 1, 3)) * step).Sum().Backward();
            optimizer.Step(0.1, 0.05);
            optimizer.ZeroGrad();
            for (int i = 0; i < 3; i++)
            {
                double gradient = new[] { 0.5, 1, -2 }[i] * step;
                weight[i] *= 1 - (0.1 * 0.05);
                first[i] = (0.9 * first[i]) + (0.1 * gradient);
                second[i] = (0.999 * second[i]) + (0.001 * gradient * gradient);
                weight[i] -= 0.1 * (first[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }

        double[] found = layer.Weight.Value.ToDoubles();
        Assert.All(weight.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void GradientNorm_IsGlobal_AndPassesNaNThrough()
    {
        using Linear layer = new(2, 1, bias: false);
        using AdamW optimizer = new([new ParameterGroup("weight", layer.Weight)]);
        using TensorScope scope = TensorScope.Begin();
        layer.Weight.Value.Grad = Tensor.From([3f, 4], 1, 2);
        Assert.Equal(5, optimizer.GradientNorm(), 1e-6);
        layer.Weight.Value.Grad = Tensor.From([3f, float.NaN], 1, 2);
        Assert.False(double.IsFinite(optimizer.GradientNorm()));
    }

    [Theory]
    [InlineData(1, 0.9990006)]
    [InlineData(10, 0.9945156)]
    [InlineData(1000, 0.6062668)]
    [InlineData(10000, 0.0068339)]
    public void AverageShares_MatchTheOriginal(long update, double share)
    {
        using Linear layer = new(2, 2);
        using WeightAverage average = new(layer);
        Assert.Equal(share, average.ShareAt(update), 1e-7);
    }

    [Fact]
    public void Average_IsSwappedInAndOut()
    {
        using Linear layer = new(2, 2, bias: false);
        using WeightAverage average = new(layer);
        average.Update();
        float[] first = layer.Weight.Value.ToArray<float>();
        using (NoGrad.Begin())
        {
            layer.Weight.Value.Fill(7);
        }

        using (average.Apply())
        {
            Assert.Equal(first, layer.Weight.Value.ToArray<float>());
            Assert.True(layer.Weight.Trainable);
        }

        Assert.All(layer.Weight.Value.ToArray<float>(), value => Assert.Equal(7, value));
        Assert.True(layer.Weight.Trainable);
    }
}
