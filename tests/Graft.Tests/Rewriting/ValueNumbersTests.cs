using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

/// <summary>Equal numbers are equal computations; a value that is overwritten has none.</summary>
public class ValueNumbersTests
{
    [Fact]
    public void EqualLayersOnEqualInputs_HaveOneNumber_WhateverNetworkTheyAreIn()
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d one = new(3, 4, 3), two = new(3, 4, 3), other = new(3, 4, 3);
        two.Weight.Replace(one.Weight.Value);
        two.Bias!.Replace(one.Bias!.Value);
        Tensor input = Tensor.Ones(1, 3, 8, 8), changed = Tensor.Zeros(1, 3, 8, 8);
        ValueNumbers numbers = Fixed(input, changed, one.Weight.Value, one.Bias!.Value, other.Weight.Value, other.Bias!.Value);
        int? first = Of(numbers, one, () => one.Forward(input)).Whole;
        Assert.NotNull(first);
        Assert.Equal(first, Of(numbers, two, () => two.Forward(input)).Whole);
        Assert.NotEqual(first, Of(numbers, two, () => two.Forward(changed)).Whole);
        Assert.NotEqual(first, Of(numbers, other, () => other.Forward(input)).Whole);
    }

    [Fact]
    public void ALeaf_IsItsContents()
    {
        using TensorScope scope = TensorScope.Begin();
        using Identity layer = new();
        ValueNumbers numbers = new();
        int? one = Of(numbers, layer, () => layer.Forward(Tensor.From([1f, 2f]))).Whole;
        Assert.Equal(one, Of(numbers, layer, () => layer.Forward(Tensor.From([1f, 2f]))).Whole);
        Assert.NotEqual(one, Of(numbers, layer, () => layer.Forward(Tensor.From([1f, 3f]))).Whole);
        Assert.NotEqual(one, Of(numbers, layer, () => layer.Forward(Tensor.From([1f, 2f], 2, 1))).Whole);
    }

    [Fact]
    public void RandomValues_AreNeverTheSame()
    {
        using TensorScope scope = TensorScope.Begin();
        using Identity layer = new();
        ValueNumbers numbers = new();
        Assert.NotEqual(Of(numbers, layer, () => layer.Forward(Tensor.RandN(2))).Whole, Of(numbers, layer, () => layer.Forward(Tensor.RandN(2))).Whole);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnOutputThatIsOverwritten_HasNoNumber_TheLayerAroundHas(bool throughAView)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using Residual block = new(throughAView);
        Tensor input = Tensor.Ones(1, 3, 8, 8);
        ValueNumbers numbers = Fixed(input, block.Inner.Weight.Value);
        using OperationRecorder recorder = new();
        block.Forward(input);
        IReadOnlyDictionary<Layer, (int? Own, int? Whole)> found = numbers.Of(recorder);
        Assert.Null(found[block.Inner].Whole);
        Assert.NotNull(found[block].Whole);
    }

    [Fact]
    public void ALayerThatRunsTwice_HasNoNumber()
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d twice = new(3, 3);
        using OperationRecorder recorder = new();
        twice.Forward(twice.Forward(Tensor.Ones(1, 3, 8, 8)));
        Assert.DoesNotContain(twice, new ValueNumbers().Of(recorder).Keys);
    }

    private static ValueNumbers Fixed(params Tensor[] tensors)
    {
        ValueNumbers numbers = new();
        foreach (Tensor tensor in tensors)
        {
            numbers.Fix(tensor);
        }

        return numbers;
    }

    private static (int? Own, int? Whole) Of(ValueNumbers numbers, Layer layer, Action run)
    {
        using OperationRecorder recorder = new();
        run();
        return numbers.Of(recorder)[layer];
    }

    /// <summary>A convolution to which the input is added in place, directly or through a view.</summary>
    private sealed class Residual : Layer
    {
        private readonly bool _throughAView;

        internal Residual(bool throughAView) => (_throughAView, Inner) = (throughAView, Add("inner", new Conv2d(3, 3, 3, bias: false)));

        internal Conv2d Inner { get; }

        protected override Tensor Run(Tensor input)
        {
            Tensor inner = Inner.Forward(input);
            if (!_throughAView)
            {
                return inner.Plus(input);
            }

            inner.Reshape(1, 3, 64).Plus(input.Reshape(1, 3, 64));
            return inner + input;
        }
    }
}
