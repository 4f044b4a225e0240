namespace Graft.Torch.Tests.Tensors;

public class TensorMathTests
{
    private static readonly double[] Numbers = [-2.5, -0.5, 0.25, 1, 3];

    public static TheoryData<string, Func<Tensor, Tensor>, Func<double, double>> Functions => new()
    {
        { "sqrt", x => x.Sqrt(), Math.Sqrt },
        { "exp", x => x.Exp(), Math.Exp },
        { "log", x => x.Log(), Math.Log },
        { "abs", x => x.Abs(), Math.Abs },
        { "sigmoid", x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x)) },
        { "silu", x => x.Silu(), x => x / (1 + Math.Exp(-x)) },
        { "relu", x => x.Relu(), x => Math.Max(x, 0) },
        { "tanh", x => x.Tanh(), Math.Tanh },
        { "sin", x => x.Sin(), Math.Sin },
        { "cos", x => x.Cos(), Math.Cos },
        { "atan", x => x.Atan(), Math.Atan },
        { "floor", x => x.Floor(), Math.Floor },
        { "softplus", x => x.Softplus(), x => Math.Log(1 + Math.Exp(x)) },
        { "square", x => x.Square(), x => x * x },
        { "rsqrt", x => x.Rsqrt(), x => 1 / Math.Sqrt(x) },
        { "negate", x => x.Negate(), x => -x },
        { "pow", x => x.Pow(3), x => x * x * x },
        { "gelu tanh", x => x.Gelu(tanh: true), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) },
        { "x + 2", x => x + 2, x => x + 2 },
        { "2 + x", x => 2 + x, x => 2 + x },
        { "x - 2", x => x - 2, x => x - 2 },
        { "2 - x", x => 2 - x, x => 2 - x },
        { "-x", x => -x, x => -x },
        { "x * 2", x => x * 2, x => x * 2 },
        { "2 * x", x => 2 * x, x => 2 * x },
        { "x / 2", x => x / 2, x => x / 2 },
        { "clamp", x => x.Clamp(-1, 2), x => Math.Clamp(x, -1, 2) },
        { "clamp below", x => x.Clamp(low: 0), x => Math.Max(x, 0) },
        { "clamp above", x => x.Clamp(high: 0), x => Math.Min(x, 0) },
    };

    [Theory, MemberData(nameof(Functions))]
    public void ElementWiseFunctions_FollowTheirFormulas(string name, Func<Tensor, Tensor> function, Func<double, double> formula)
    {
        using TensorScope scope = TensorScope.Begin();
        bool positive = name is "sqrt" or "log" or "rsqrt";
        double[] numbers = positive ? [.. Numbers.Select(Math.Abs)] : Numbers;
        Expect.Values(function(Tensor.From(numbers)), [5], [.. numbers.Select(formula)]);
    }

    [Fact]
    public void Gelu_IsExactByDefault()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Values(Tensor.From([-1.0, 0, 2]).Gelu(), [3], -0.15865525, 0, 1.95449974);
    }

    [Fact]
    public void Arithmetic_Broadcasts()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor column = Tensor.From([2f, 4], 2, 1), row = Tensor.From([1f, 2], 1, 2);
        Expect.Values(column + row, [2, 2], 3, 4, 5, 6);
        Expect.Values(column - row, [2, 2], 1, 0, 3, 2);
        Expect.Values(column * row, [2, 2], 2, 4, 4, 8);
        Expect.Values(column / row, [2, 2], 2, 1, 4, 2);
        Expect.Values(column.Maximum(row), [2, 2], 2, 2, 4, 4);
        Expect.Values(column.Minimum(row), [2, 2], 1, 2, 1, 2);
    }

    [Fact]
    public void IntegerDivision_RoundsDown_EvenBelowZero()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([7L, -7]);
        Expect.Values(t.FloorDivide(3), [2], 2, -3);
        Expect.Values(t.Remainder(3), [2], 1, 2);
    }

    [Fact]
    public void Comparisons_GiveMasks()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([1f, 2, 3]);
        Assert.Equal([false, false, true], t.Above(2).ToArray<bool>());
        Assert.Equal([false, true, true], t.AtLeast(2).ToArray<bool>());
        Assert.Equal([false, true, false], t.EqualTo(2).ToArray<bool>());
        Assert.Equal([false, false, true], t.Above(Tensor.From([1f, 3, 2])).ToArray<bool>());
        Assert.Equal([true, true, false], t.Above(2).LogicalNot().ToArray<bool>());
        Assert.Equal([false, false, true], t.Above(1.5).And(t.Above(2.5)).ToArray<bool>());
        Assert.Equal([true, false, false], Tensor.From([1f, float.NaN, float.PositiveInfinity]).IsFinite().ToArray<bool>());
    }

    [Fact]
    public void InPlaceMembers_ChangeAndReturnTheTensorItself()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([1f, 2]);
        Assert.Same(t, t.AddInPlace(Tensor.From([10f, 20]), 0.5));
        Expect.Values(t, [2], 6, 12);
        Assert.Same(t, t.ScaleInPlace(0.5));
        Expect.Values(t, [2], 3, 6);
        Assert.Same(t, t.SiluInPlace());
        Expect.Values(t, [2], 3 / (1 + Math.Exp(-3)), 6 / (1 + Math.Exp(-6)));
    }

    [Fact]
    public void Softmax_SumsToOne_AndItsLogarithmAgrees()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor t = Tensor.From([1.0, 2, 3, -1, 0, 1000], 2, 3);
        Expect.Values(t.Softmax(-1), [2, 3], 0.09003057, 0.24472847, 0.66524096, 0, 0, 1);
        Expect.Values(t.Softmax(1).Sum(1), [2], 1, 1);
        Expect.Values(t.Narrow(0, 0, 1).LogSoftmax(1).Exp(), [1, 3], 0.09003057, 0.24472847, 0.66524096);
    }

    [Fact]
    public void MatrixProducts_BroadcastOverLeadingAxes_AndRefuseWrongShapes()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor a = Tensor.From([1f, 2, 3, 4], 2, 2), b = Tensor.From([1f, 0, 0, 2], 2, 2);
        Expect.Values(a.MatMul(b), [2, 2], 1, 4, 3, 8);
        Assert.Equal([5L, 2, 3], Tensor.Ones(5, 2, 2).MatMul(Tensor.Ones(2, 3)).Shape);
        Expect.Refusal("aten::matmul", "shapes cannot be multiplied", () => Tensor.Ones(2, 3).MatMul(Tensor.Ones(4, 5)));
        Expect.Refusal("aten::add", "must match the size of tensor b", () => _ = Tensor.Ones(2) + Tensor.Ones(3));
    }
}
