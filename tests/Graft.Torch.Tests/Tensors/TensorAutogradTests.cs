namespace Graft.Torch.Tests.Tensors;

public class TensorAutogradTests
{
    [Fact]
    public void Gradients_FollowTheChainRule()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Trained(1, 2, 3);
        (x * x * x).Sum().Backward();
        Assert.Equal([3f, 12, 27], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Gradients_Accumulate_UntilTheyAreCleared()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Trained(1, 2);
        Assert.Null(x.Grad);
        (x * 3).Sum().Backward();
        (x * 3).Sum().Backward();
        Expect.Values(x.Grad!, [2], 6, 6);
        x.Grad = null;
        Assert.Null(x.Grad);
        x.Grad = Tensor.From([7f, 8]);
        Expect.Values(x.Grad, [2], 7, 8);
    }

    [Fact]
    public void GivenGradients_WeightTheResult()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Trained(1, 2);
        (x * x).Backward(Tensor.From([1f, 10]));
        Expect.Values(x.Grad!, [2], 2, 40);
    }

    [Fact]
    public void Graphs_AreDifferentiatedOnce()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Trained(2), y = (x * x).Sum();
        y.Backward();
        Expect.Values(x.Grad!, [1], 4);
        Expect.Refusal("backward", "backward through the graph a second time", () => y.Backward());
    }

    [Fact]
    public void NonScalarResults_NeedAGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Trained(1, 2);
        Expect.Refusal("backward", "grad can be implicitly created only for scalar outputs", () => (x * 2).Backward());
    }

    [Fact]
    public void DetachedTensors_AndThoseCreatedWithoutGradients_HaveNoGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Trained(1, 2);
        Assert.True((x * 2).RequiresGrad);
        Assert.False(x.Detach().RequiresGrad);
        using (NoGrad.Begin())
        {
            Assert.False((x * 2).RequiresGrad);
            using (NoGrad.Begin())
            {
                Assert.False((x * 2).RequiresGrad);
            }

            Assert.False((x * 2).RequiresGrad);
        }

        Assert.True((x * 2).RequiresGrad);
    }

    [Fact]
    public void NoGrad_HoldsForItsOwnThreadOnly()
    {
        using NoGrad off = NoGrad.Begin();
        bool elsewhere = false;
        Thread other = new(() =>
        {
            using TensorScope scope = TensorScope.Begin();
            elsewhere = (Trained(1) * 2).RequiresGrad;
        });
        other.Start();
        other.Join();
        Assert.True(elsewhere);
    }

    [Fact]
    public void IntegersAndResults_CannotRequireGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor integers = Tensor.From([1L]), result = Trained(1) * 2;
        Expect.Refusal("requires_grad", "floating point", () => integers.RequiresGrad = true);
        Expect.Refusal("requires_grad", "leaf", () => result.RequiresGrad = false);
        Expect.Refusal("aten::add_", "leaf Variable that requires grad", () => Trained(1).AddInPlace(Tensor.Ones(1)));
    }

    private static Tensor Trained(params float[] values)
    {
        Tensor tensor = Tensor.From(values);
        tensor.RequiresGrad = true;
        return tensor;
    }
}
