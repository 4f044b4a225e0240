using System.Text.RegularExpressions;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Cli.Tests;

/// <summary>docs/tensors.md: its code is the code between the marks of this file, which is compiled and run here.</summary>
public sealed partial class TensorsPageTests
{
    [Fact]
    public void TheCodeOfThePage_IsTheCodeOfThisFile()
    {
        string source = File.ReadAllText(Path.Combine(Shared.Checkout, "tests", "Graft.Cli.Tests", "TensorsPageTests.cs"));
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "tensors.md"));
        string[] here = [.. Marked().Matches(source).Select(found => Indentation().Replace(found.Groups[1].Value, string.Empty).Trim())];
        string[] shown = [.. Block().Matches(page).Select(found => found.Groups[1].Value.Trim())];
        Assert.Equal(4, shown.Length);
        Assert.Equal(shown, here);
    }

    [Fact]
    public void TheCode_Runs_AndNoTensorOutlivesItsOwner()
    {
        long before = Tensor.Live;
        using (Scaled network = new(2, 2))
        using (AdamW optimizer = new([.. network.Parameters().Select(entry => new ParameterGroup(entry.Name, entry.Parameter))]))
        {
            using Tensor values = Tensor.From([1f, 3f], 2);
            using Tensor normalised = Normalise(values);
            Assert.Equal([-1, 1], normalised.ToDoubles().Select(value => Math.Round(value, 3)));

            Assert.Equal(3, Means(network, [[1, 2], [3, 4], [5, 6]]).Distinct().Count());

            double first = Step(network, optimizer, [1, 2], [5, -5]), last = first;
            for (int i = 0; i < 20; i++)
            {
                last = Step(network, optimizer, [1, 2], [5, -5]);
            }

            Assert.True(last < first, $"the loss went from {first} to {last}");
            Assert.Equal(["scale", "linear.weight", "linear.bias"], network.StateDict().Select(entry => entry.Name));
        }

        Assert.Equal(before, Tensor.Live);
    }

    // <code>
    private static Tensor Normalise(Tensor x)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor centred = x - x.Mean();
        Tensor deviation = (centred * centred).Mean().Sqrt();
        return scope.Keep(centred / (deviation + 1e-6));
    }

    // </code>

    // <code>
    private static double[] Means(Layer network, IReadOnlyList<float[]> inputs)
    {
        double[] means = new double[inputs.Count];
        for (int i = 0; i < inputs.Count; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            Tensor input = Tensor.From(inputs[i], 1, inputs[i].Length);
            means[i] = network.Forward(input).Mean().ToDouble();
        }

        return means;
    }

    // </code>

    // <code>
    private static double Step(Layer network, Optimizer optimizer, float[] values, float[] expected)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor difference = network.Forward(Tensor.From(values, 1, values.Length)) - Tensor.From(expected, 1, expected.Length);
        Tensor loss = (difference * difference).Mean();
        loss.Backward();
        optimizer.Step(rate: 0.01, decay: 0);
        optimizer.ZeroGrad();
        return loss.ToDouble();
    }

    // </code>

    // <code>
    private sealed class Scaled : Layer
    {
        private readonly Linear _linear;
        private readonly Parameter _scale;

        public Scaled(int input, int output)
        {
            _linear = Add("linear", new Linear(input, output));
            _scale = AddParameter("scale", Tensor.Ones(output));
        }

        protected override Tensor Run(Tensor input) => _linear.Forward(input) * _scale.Value;
    }

    // </code>
    [GeneratedRegex("^    // <code>\\n(.*?)^    // </code>", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("^    ", RegexOptions.Multiline)]
    private static partial Regex Indentation();

    [GeneratedRegex("^```csharp\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
