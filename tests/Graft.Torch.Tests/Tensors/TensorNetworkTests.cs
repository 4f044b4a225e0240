namespace Graft.Torch.Tests.Tensors;

public class TensorNetworkTests
{
    [Fact]
    public void Convolution_SumsItsWindow()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Arange(9).Reshape(1, 1, 3, 3), ones = Tensor.Ones(1, 1, 3, 3);
        Expect.Values(x.Conv2d(ones), [1, 1, 1, 1], 36);
        Expect.Values(x.Conv2d(ones, Tensor.From([0.5f]), stride: 2, padding: 1), [1, 1, 2, 2], 8.5, 12.5, 20.5, 24.5);
        Expect.Values(x.Conv2d(Tensor.Ones(1, 1, 2, 2), dilation: 2), [1, 1, 1, 1], 16);
        Expect.Values(Tensor.Ones(1, 2, 1, 1).Conv2d(Tensor.From([2f, 3], 2, 1, 1, 1), groups: 2), [1, 2, 1, 1], 2, 3);
        Expect.Refusal("aten::conv2d", "expected input[1, 1, 3, 3] to have 2 channels", () => x.Conv2d(Tensor.Ones(1, 2, 1, 1)));
    }

    [Fact]
    public void Linear_MultipliesByTheTransposedWeight()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Tensor.From([1f, 2], 1, 2).Linear(Tensor.From([1f, 0, 0, 1, 1, 1], 3, 2), Tensor.From([0f, 0, 10])), [1, 3], 1, 2, 13);
    }

    [Fact]
    public void PoolingAndUpsampling_TakeTheLargestAndRepeat()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Arange(16).Reshape(1, 1, 4, 4);
        Expect.Values(x.MaxPool2d(2, 2, 0), [1, 1, 2, 2], 5, 7, 13, 15);
        Expect.Values(x.AdaptiveMaxPool2d(1), [1, 1, 1, 1], 15);
        Expect.Values(Tensor.From([1f, 2], 1, 1, 1, 2).UpsampleNearest2x(), [1, 1, 2, 4], 1, 1, 2, 2, 1, 1, 2, 2);
    }

    [Fact]
    public void Normalisations_LeaveMeanZeroAndVarianceOne()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = (Tensor.RandN(4, 6, 5, 5) * 3) + 7, one = Tensor.Ones(6), zero = Tensor.Zeros(6);
        Check(x.BatchNorm(one, zero, Tensor.Zeros(6), Tensor.Ones(6), training: true, 0.1, 1e-9), [0, 2, 3]);
        Check(x.GroupNorm(1, one, zero, 1e-9), [1, 2, 3]);
        Check(x.LayerNorm([5], null, null, 1e-9), [3]);

        static void Check(Tensor y, long[] axes)
        {
            Assert.InRange(y.Mean(axes).Abs().Max().ToDouble(), 0, 1e-5);
            Assert.InRange((y.Variance(axes) - 1).Abs().Max().ToDouble(), 0, 1e-3);
        }
    }

    [Fact]
    public void RunningStatistics_NormaliseOutsideTraining()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor y = Tensor.Full([1, 1, 1, 1], 5).BatchNorm(Tensor.From([2f]), Tensor.From([1f]), Tensor.From([3f]), Tensor.From([4f]), false, 0.1, 0);
        Expect.Values(y, [1, 1, 1, 1], 3);
    }

    [Fact]
    public void Dropout_ZeroesAndScalesOnlyInTraining()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones(1000);
        Assert.Equal(x.ToArray<float>(), x.Dropout(0.25, training: false).ToArray<float>());
        float[] dropped = x.Dropout(0.25, training: true).ToArray<float>();
        Assert.All(dropped, value => Assert.True(value == 0 || Math.Abs(value - (4 / 3f)) < 1e-6));
        Assert.InRange(dropped.Count(value => value == 0), 180, 320);
    }

    [Fact]
    public void Losses_FollowTheirFormulas()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Tensor.From([0.0, 2]).BinaryCrossEntropyWithLogits(Tensor.From([1.0, 0])), [2], Math.Log(2), Math.Log(1 + Math.Exp(2)));
        Expect.Values(Tensor.From([0.0, 0, 0, 100], 2, 2).CrossEntropy(Tensor.From([1L, 1])), [2], Math.Log(2), 0);
    }
}
