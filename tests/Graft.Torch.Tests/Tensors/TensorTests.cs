using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Torch.Tests.Tensors;

public class TensorTests
{
    [Fact]
    public void Values_GoInAndComeOut()
    {
        using Tensor t = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([2L, 3L], t.Shape);
        using Tensor u = t.Transpose(0, 1);
        Assert.Equal([1f, 4, 2, 5, 3, 6], u.ToArray<float>());
    }

    [Fact]
    public void Scope_FreesWhatWasMadeInside_AndKeepsWhatIsKept()
    {
        // Tensors that other tests left to the finaliser must not count.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.Live;
        Tensor kept;
        using (TensorScope scope = TensorScope.Begin())
        {
            Tensor x = Tensor.Ones(2, 2);
            kept = scope.Keep((x + 1) * x);
        }

        Assert.Equal(before + 1, Tensor.Live);
        Assert.False(kept.IsDisposed);
        Assert.Equal([2f, 2, 2, 2], kept.ToArray<float>());
        kept.Dispose();
        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void Gradients_FollowTheChainRule()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([1f, 2, 3], 3);
        x.RequiresGrad = true;
        (x * x * x).Sum().Backward();
        Assert.Equal([3f, 12, 27], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void WrongShapes_AreRefusedWithAtensMessage()
    {
        using Tensor a = Tensor.Ones(2, 3);
        using Tensor b = Tensor.Ones(4, 5);
        GraftException error = Assert.Throws<GraftException>(() => a.MatMul(b));
        Assert.Contains("shapes cannot be multiplied", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Convolution_OfAnAttachedLayer_IsRecordedWithItsPath()
    {
        using Sequential net = new(new Conv2d(3, 8, 3), new Identity());
        net.NamePaths();
        using OperationRecorder recorder = new();
        using TensorScope scope = TensorScope.Begin();
        net.Forward(Tensor.Ones(1, 3, 4, 4));
        Assert.Contains(recorder.Operations, op => op is { Name: "aten::conv2d", Module: "0" });
        Assert.Equal(2 * 8 * 16 * 27, recorder.Flops);
    }
}
