namespace Graft.Torch;

/// <summary>Element-wise arithmetic and matrix products.</summary>
public sealed partial class Tensor
{
    /// <summary>Square root of each element.</summary>
    public Tensor Sqrt() => Aten.Sqrt.Call(this);

    /// <summary>e to the power of each element.</summary>
    public Tensor Exp() => Aten.Exp.Call(this);

    /// <summary>Natural logarithm of each element.</summary>
    public Tensor Log() => Aten.Log.Call(this);

    /// <summary>Magnitude of each element.</summary>
    public Tensor Abs() => Aten.Abs.Call(this);

    /// <summary>1 / (1 + e^-x) of each element.</summary>
    public Tensor Sigmoid() => Aten.Sigmoid.Call(this);

    /// <summary>x · sigmoid(x) of each element.</summary>
    public Tensor Silu() => Aten.Silu.Call(this);

    /// <summary>max(x, 0) of each element.</summary>
    public Tensor Relu() => Aten.Relu.Call(this);

    /// <summary>Hyperbolic tangent of each element.</summary>
    public Tensor Tanh() => Aten.Tanh.Call(this);

    /// <summary>Sine of each element.</summary>
    public Tensor Sin() => Aten.Sin.Call(this);

    /// <summary>Cosine of each element.</summary>
    public Tensor Cos() => Aten.Cos.Call(this);

    /// <summary>Arc tangent of each element.</summary>
    public Tensor Atan() => Aten.Atan.Call(this);

    /// <summary>Largest integer not above each element.</summary>
    public Tensor Floor() => Aten.Floor.Call(this);

    /// <summary>log(1 + e^x) of each element.</summary>
    public Tensor Softplus() => Aten.Softplus.Call(this);

    /// <summary>Square of each element.</summary>
    public Tensor Square() => Aten.Square.Call(this);

    /// <summary>1 / √x of each element.</summary>
    public Tensor Rsqrt() => Aten.Rsqrt.Call(this);

    /// <summary>-x of each element.</summary>
    public Tensor Negate() => Aten.Negate.Call(this);

    /// <summary>True where an element is neither NaN nor infinite.</summary>
    public Tensor IsFinite() => Aten.IsFinite.Call(this);

    /// <summary>True where an element is zero or false.</summary>
    public Tensor LogicalNot() => Aten.LogicalNot.Call(this);

    /// <summary>Element-wise, with broadcasting.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => Aten.Add.Call(left, right);

    /// <summary>Element-wise with a number.</summary>
    public static Tensor operator +(Tensor left, double right) => Aten.AddScalar.Call(left, right);

    /// <summary>Element-wise, with broadcasting.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => Aten.Subtract.Call(left, right);

    /// <summary>Element-wise with a number.</summary>
    public static Tensor operator -(Tensor left, double right) => Aten.SubtractScalar.Call(left, right);

    /// <summary>Element-wise, with broadcasting.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => Aten.Multiply.Call(left, right);

    /// <summary>Element-wise with a number.</summary>
    public static Tensor operator *(Tensor left, double right) => Aten.MultiplyScalar.Call(left, right);

    /// <summary>Element-wise, with broadcasting.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => Aten.Divide.Call(left, right);

    /// <summary>Element-wise with a number.</summary>
    public static Tensor operator /(Tensor left, double right) => Aten.DivideScalar.Call(left, right);

    /// <summary>Element-wise with a number.</summary>
    public static Tensor operator +(double left, Tensor right) => Aten.AddScalar.Call(right, left);

    /// <summary>Element-wise with a number.</summary>
    public static Tensor operator *(double left, Tensor right) => Aten.MultiplyScalar.Call(right, left);

    /// <summary>left - x of each element.</summary>
    public static Tensor operator -(double left, Tensor right) => Aten.ReverseSubtract.Call(right, left);

    /// <summary>-x of each element.</summary>
    public static Tensor operator -(Tensor value) => Aten.Negate.Call(value);

    /// <summary>Integer division by a positive number, rounded down, element-wise.</summary>
    public Tensor FloorDivide(long divisor) => Aten.FloorDivide.Call(this, divisor);

    /// <summary>The remainder of <see cref="FloorDivide"/>, element-wise.</summary>
    public Tensor Remainder(long divisor) => Aten.Remainder.Call(this, divisor);

    /// <summary>x to a power, element-wise.</summary>
    public Tensor Pow(double exponent) => Aten.Pow.Call(this, exponent);

    /// <summary>Elements limited to a range; null leaves a side open.</summary>
    public Tensor Clamp(double? low = null, double? high = null)
        => Aten.Clamp.Call(this, low is { } l ? l : Argument.Nothing, high is { } h ? h : Argument.Nothing);

    /// <summary>The larger of two, element-wise.</summary>
    public Tensor Maximum(Tensor other) => Aten.Maximum.Call(this, other);

    /// <summary>The smaller of two, element-wise.</summary>
    public Tensor Minimum(Tensor other) => Aten.Minimum.Call(this, other);

    /// <summary>Gaussian error linear unit; the exact erf form unless <paramref name="tanh"/>.</summary>
    public Tensor Gelu(bool tanh = false) => Aten.Gelu.Call(this, tanh ? "tanh" : "none");

    /// <summary>Matrix product with broadcasting over leading axes.</summary>
    public Tensor MatMul(Tensor other) => Aten.MatMul.Call(this, other);

    /// <summary>Inverse of a square matrix.</summary>
    /// <exception cref="GraftException">It is singular.</exception>
    public Tensor Inverse() => Aten.Inverse.Call(this);

    /// <summary>Softmax along an axis.</summary>
    public Tensor Softmax(int axis) => Aten.Softmax.Call(this, axis);

    /// <summary>Logarithm of <see cref="Softmax"/> along an axis.</summary>
    public Tensor LogSoftmax(int axis) => Aten.LogSoftmax.Call(this, axis);

    /// <summary>x · sigmoid(x), written over this tensor.</summary>
    public Tensor SiluInPlace()
    {
        Aten.SiluInPlace.Apply(this);
        return this;
    }

    /// <summary>Adds to this tensor, in place: this += scale · other.</summary>
    public Tensor AddInPlace(Tensor other, double scale = 1)
    {
        Aten.AddInPlace.Apply(this, other, scale);
        return this;
    }

    /// <summary>Multiplies this tensor by a number, in place.</summary>
    public Tensor ScaleInPlace(double factor)
    {
        Aten.MultiplyInPlace.Apply(this, factor);
        return this;
    }

    /// <summary>True where an element is above a number.</summary>
    public Tensor Above(double limit) => Aten.Above.Call(this, limit);

    /// <summary>True where an element is above that of another tensor.</summary>
    public Tensor Above(Tensor other) => Aten.AboveTensor.Call(this, other);

    /// <summary>True where an element is at least a number.</summary>
    public Tensor AtLeast(double limit) => Aten.AtLeast.Call(this, limit);

    /// <summary>True where an element equals a number.</summary>
    public Tensor EqualTo(double value) => Aten.EqualTo.Call(this, value);

    /// <summary>Logical and, element-wise.</summary>
    public Tensor And(Tensor other) => Aten.And.Call(this, other);

    /// <summary>Elements of <paramref name="yes"/> where this is true, else of <paramref name="no"/>.</summary>
    public Tensor Where(Tensor yes, Tensor no) => Aten.Where.Call(this, yes, no);

    /// <summary>A copy with one value where the mask is true.</summary>
    public Tensor MaskedFill(Tensor mask, double value) => Aten.MaskedFill.Call(this, mask, value);
}
