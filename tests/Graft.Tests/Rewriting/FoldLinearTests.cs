using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

/// <summary>Which operators a linear adapter folds through, and which it does not.</summary>
public class FoldLinearTests
{
    private const int C = 6;

    [Theory]
    [InlineData("one reader")]
    [InlineData("three readers")]
    [InlineData("beside other channels")]
    [InlineData("twice side by side")]
    [InlineData("enlarged")]
    [InlineData("split and joined in another order")]
    [InlineData("narrowed and joined")]
    public void Linear_FoldsIntoItsReaders(string body)
    {
        Toy toy = new(body);
        double[] expected = toy.Outputs();
        string[] into = toy.Fold();
        Assert.NotEmpty(into);
        Assert.DoesNotContain("first", into);
        toy.RequireSame(expected);
    }

    [Fact]
    public void Linear_FoldsBackIntoAPlainConvolution_ItsShiftToo()
    {
        Toy toy = new("back", shift: true);
        double[] expected = toy.Outputs();
        Assert.Equal(["first"], toy.Fold());
        toy.RequireSame(expected);
    }

    [Fact]
    public void Shift_FoldsWhereNothingIsPadded()
    {
        Toy toy = new("one thin reader", shift: true);
        double[] expected = toy.Outputs();
        Assert.Equal(["thin"], toy.Fold());
        toy.RequireSame(expected);
    }

    [Theory]
    [InlineData("pooled", "max_pool2d")]
    [InlineData("activated", "silu")]
    [InlineData("activated in place", "silu_")]
    [InlineData("added", "add")]
    [InlineData("depthwise", "grouped")]
    [InlineData("grouped", "grouped")]
    [InlineData("half of it", "only some")]
    [InlineData("leaves", "an output of the network")]
    [InlineData("both read and left", "an output of the network")]
    [InlineData("computed weights", "computed")]
    [InlineData("shared reader", "elsewhere")]
    [InlineData("nobody", "No layer reads")]
    [InlineData("runs twice", "2 times")]
    [InlineData("back through a grouped convolution", "grouped")]
    [InlineData("back with another reader", "other layers read")]
    public void Linear_RefusesWhereNoRuleHolds(string body, string reason)
    {
        Toy toy = new(body);
        double[] before = toy.Outputs();
        MergeRefusedException refused = Assert.Throws<MergeRefusedException>(() => toy.Fold());
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, toy.Outputs());
    }

    [Fact]
    public void Shift_BeforeAPaddedReader_IsRefused()
        => Assert.Contains("padded", Assert.Throws<MergeRefusedException>(() => new Toy("one reader", shift: true).Fold()).Message, StringComparison.Ordinal);

    [Fact]
    public void ActiveDropout_IsRefused()
        => Assert.Contains("random", Assert.Throws<MergeRefusedException>(() => new Toy("one reader", dropout: true).Fold()).Message, StringComparison.Ordinal);

    /// <summary>The effect of a wrong rule: a shift before a padded convolution changes only the border.</summary>
    [Fact]
    public void Shift_ForcedIntoAPaddedReader_WouldBeWrongAtTheBorderOnly()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor x = RandomNetworks.Noise(DType.Double, 1, 2, 6, 6), weight = RandomNetworks.Noise(DType.Double, 1, 2, 3, 3);
        Tensor shift = Tensor.From([0.5, -1.5], 1, 2, 1, 1);
        Tensor right = (x + shift).Conv2d(weight, padding: 1);
        Tensor forced = x.Conv2d(weight, (weight.Sum([2, 3]) * shift.Reshape(1, 2)).Sum(1), padding: 1);
        Tensor wrong = (right - forced).Abs();
        Assert.True(wrong.Max().ToDouble() > 0.1);
        Assert.InRange(wrong.Narrow(2, 1, 4).Narrow(3, 1, 4).Max().ToDouble(), 0, 1e-12);
    }

    /// <summary>A small network around one linear adapter.</summary>
    private sealed class Toy : Module
    {
        private readonly string _body;
        private readonly Layer _site;
        private readonly Mixer _mixer;
        private readonly Conv2d _first, _wide, _other, _thin, _double, _depthwise, _grouped, _groupedFirst;
        private readonly Tensor _x;

        internal Toy(string body, bool shift = false, bool dropout = false)
        {
            _body = body;
            TorchRuntime.Seed(3);
            _first = Add("first", new Conv2d(3, C, 3));
            _groupedFirst = Add("grouped_first", new Conv2d(3, C, 3, groups: 3));
            _site = Add("site", new Identity());
            _wide = Add("wide", new Conv2d(C, 5, 3, stride: 2));
            _other = Add("other", new Conv2d(C, 4, 1));
            _thin = Add("thin", new Conv2d(C, 5, 1));
            _double = Add("double", new Conv2d(2 * C, 5, 3));
            _depthwise = Add("depthwise", new Conv2d(C, C, 3, groups: C));
            _grouped = Add("grouped", new Conv2d(C, C, 3, groups: 2));
            _mixer = new Mixer(shift, dropout);
            RandomNetworks.Shake(this);
            To(DType.Double);
            Train(false);
            _mixer.To(DType.Double);
            NamePaths();
            _site.Follower = _mixer;
            _x = RandomNetworks.Noise(DType.Double, 2, 3, 8, 6).Unscoped();
        }

        internal string[] Fold()
        {
            string[] into = FoldLinear.Apply(this, _mixer, new LinearMap(_mixer.Matrix.Value, _mixer.Shift?.Value.Reshape(-1)), Run);
            _site.Follower = null;
            return into;
        }

        internal double[] Outputs()
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            return [.. Run().SelectMany(output => output.ToDoubles())];
        }

        internal void RequireSame(double[] expected)
        {
            double scale = expected.Max(Math.Abs);
            Assert.InRange(expected.Zip(Outputs(), (a, b) => Math.Abs(a - b)).Max() / scale, 0, 1e-12);
        }

        private Tensor[] Run()
        {
            Tensor made = _body == "back through a grouped convolution" ? _groupedFirst.Forward(_x) : _first.Forward(_x);
            bool back = _body.StartsWith("back", StringComparison.Ordinal);
            Tensor before = back ? made : made.Silu();
            Tensor y = _site.Forward(before);
            return _body switch
            {
                "one reader" => [_wide.Forward(y)],
                "one thin reader" => [_thin.Forward(y)],
                "three readers" => [_wide.Forward(y), _other.Forward(y), _thin.Forward(y.Detach())],
                "beside other channels" => [_double.Forward(Tensor.Cat([before, y], 1)), _wide.Forward(y)],
                "twice side by side" => [_double.Forward(Tensor.Cat([y, y], 1))],
                "enlarged" => [_wide.Forward(y.UpsampleNearest2x()), _double.Forward(Tensor.Cat([y.UpsampleNearest2x(), before.UpsampleNearest2x()], 1))],
                "split and joined in another order" => [_wide.Forward(Tensor.Cat([.. y.Split([1, 3, 2], 1).Reverse()], 1))],
                "narrowed and joined" => [_wide.Forward(Tensor.Cat([y.Narrow(1, 2, 4), y.Narrow(1, 0, 2)], 1))],
                "pooled" => [_wide.Forward(y.MaxPool2d(3, 1, 1))],
                "activated" => [_wide.Forward(y.Silu())],
                "activated in place" => [_wide.Forward(y.SiluInPlace())],
                "added" => [_wide.Forward(y + before)],
                "depthwise" => [_wide.Forward(y), _depthwise.Forward(y)],
                "grouped" => [_grouped.Forward(y)],
                "half of it" => [_wide.Forward(Tensor.Cat([y.Chunk(2, 1)[0], before.Chunk(2, 1)[1]], 1))],
                "leaves" or "back through a grouped convolution" => [y],
                "back" => [y],
                "both read and left" => [_wide.Forward(y), y],
                "computed weights" => [y.Conv2d(_wide.Weight.Value * 2)],
                "shared reader" => [_wide.Forward(y), _wide.Forward(before)],
                "nobody" => [_wide.Forward(before)],
                "runs twice" => [_wide.Forward(y), _thin.Forward(_site.Forward(before * 2))],
                "back with another reader" => [y, made.Silu()],
                _ => throw new InvalidOperationException(_body),
            };
        }
    }

    /// <summary>y = M·x + v, sometimes with a branch that drops values.</summary>
    private sealed class Mixer : Layer
    {
        private readonly bool _dropout;

        internal Mixer(bool shift, bool dropout)
        {
            _dropout = dropout;
            Matrix = AddParameter("matrix", Init.Normal(0.7, C, C));
            Shift = shift ? AddParameter("shift", Init.Normal(1, 1, C, 1, 1)) : null;
        }

        internal Parameter Matrix { get; }

        internal Parameter? Shift { get; }

        protected override Tensor Run(Tensor input)
        {
            Tensor x = _dropout ? input.Dropout(0.1, training: true) : input;
            Tensor y = x.Conv2d(Matrix.Value.Unsqueeze(2).Unsqueeze(3));
            return Shift is null ? y : y + Shift.Value;
        }
    }
}
