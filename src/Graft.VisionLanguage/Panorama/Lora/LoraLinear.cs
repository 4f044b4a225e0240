using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>A linear layer with an optional low-rank update (LoRA, arXiv:2106.09685): y = Wx + b + s·B(Ax).</summary>
/// <remarks>The update's keys are PEFT's: <c>lora_A.default.weight</c> and <c>lora_B.default.weight</c>.</remarks>
public sealed class LoraLinear : Layer
{
    private double _scale;

    /// <summary>Creates the layer with random weights and no update.</summary>
    public LoraLinear(int input, int output, bool bias = false)
    {
        Weight = AddParameter("weight", Init.Default(output, input));
        Bias = bias ? AddParameter("bias", Init.Uniform(1 / Math.Sqrt(input), output)) : null;
    }

    /// <summary>out×in.</summary>
    public Parameter Weight { get; }

    /// <summary>One bias per output, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>A, rank×in, or null when there is no update.</summary>
    public Linear? Down { get; private set; }

    /// <summary>B, out×rank, or null when there is no update.</summary>
    public Linear? Up { get; private set; }

    /// <summary>s, the factor of the update; 0 without one.</summary>
    public double Scale => _scale;

    /// <summary>Dropout probability of the update's input in training.</summary>
    public double Dropout { get; set; }

    /// <summary>Adds an update without effect: A random, B zero.</summary>
    /// <param name="rank">r.</param>
    /// <param name="scale">s, usually alpha/r.</param>
    public void AddUpdate(int rank, double scale)
    {
        if (Down is not null)
        {
            throw new InvalidOperationException($"{Path} has an update already.");
        }

        long[] shape = Weight.Value.Shape;
        _scale = scale;
        Down = Add("lora_A", new Container()).Add("default", new Linear((int)shape[1], rank, bias: false));
        Up = Add("lora_B", new Container()).Add("default", new Linear(rank, (int)shape[0], bias: false));
        using NoGrad off = NoGrad.Begin();
        Up.Weight.Value.Fill(0);
    }

    /// <summary>s·B·A in double precision, out×in.</summary>
    public Tensor Delta()
    {
        if (Down is null || Up is null)
        {
            throw new InvalidOperationException($"{Path} has no update.");
        }

        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(LowRank.Of(Up.Weight.Value, Down.Weight.Value).Delta(_scale));
    }

    /// <summary>Merges the update into the weight and removes it.</summary>
    public void Merge()
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Weight.Value.CopyFrom(Weight.Value.To(DType.Double) + Delta());
        RemoveUpdate();
    }

    /// <summary>Removes the update.</summary>
    public void RemoveUpdate()
    {
        Down?.Dispose();
        Up?.Dispose();
        Remove("lora_A");
        Remove("lora_B");
        (Down, Up) = (null, null);
    }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        Tensor output = SingleRow.Linear(input, Weight.Value, Bias?.Value);
        if (Down is null || Up is null)
        {
            return output;
        }

        Tensor seen = Down.Training && Dropout > 0 ? input.Dropout(Dropout, training: true) : input;
        return output + Up.Forward(Down.Forward(seen)) * _scale;
    }
}
