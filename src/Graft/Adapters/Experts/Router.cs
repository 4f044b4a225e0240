using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>One decision per image: which k experts are used, and their weights.</summary>
public sealed class Router : Module
{
    private readonly int _experts;
    private readonly Parameter _earlier;

    internal Router(int channels, int experts, int top, double temperature, bool noise)
    {
        if (top > experts)
        {
            throw new GraftException(Failure.Usage, $"top_k is {top} with {experts} experts, expected at most {experts}.");
        }

        (_experts, Top, Temperature) = (experts, top, temperature);
        Weight = AddParameter("weight", Init.Normal(0.01, experts, channels));
        Bias = AddParameter("bias", Tensor.Zeros(experts));
        Noise = noise ? AddParameter("noise", Tensor.Zeros(experts)) : null;
        float[] earlier = [.. Enumerable.Range(0, experts * experts).Select(i => i % experts < i / experts ? 1f : 0f)];
        _earlier = AddBuffer("earlier", Tensor.From(earlier, 1, experts, experts), persistent: false);
    }

    /// <summary>k.</summary>
    public int Top { get; }

    /// <summary>τ.</summary>
    public double Temperature { get; }

    /// <summary>E×C.</summary>
    public Parameter Weight { get; }

    /// <summary>E.</summary>
    public Parameter Bias { get; }

    /// <summary>E values whose softplus is the scale of the noise, or null.</summary>
    public Parameter? Noise { get; }

    /// <summary>Pooled features B×C to gates B×E (zero where an expert is not chosen), probabilities π and the 0/1 choice, all
    /// B×E.</summary>
    public (Tensor Gates, Tensor Probabilities, Tensor Chosen) Forward(Tensor pooled)
    {
        RecordedCall call = Record();
        Tensor logits = pooled.Linear(Weight.Value, Bias.Value);
        if (Noise is not null && Training)
        {
            logits += Tensor.RandN(logits.Shape).To(logits.DType) * Noise.Value.Softplus();
        }

        Tensor probabilities = (logits * (1 / Temperature)).Softmax(-1);
        Tensor chosen = Choose(probabilities.Detach());
        Tensor kept = probabilities * chosen;
        // With one expert a normalised gate is the constant 1 and the router has no gradient.
        Tensor gates = Top == 1 ? kept : kept / kept.Sum(-1, keep: true);
        call.End(gates);
        return (gates, probabilities, chosen);
    }

    // An expert is chosen when fewer than k have a higher probability; of equal ones the earlier wins.
    private Tensor Choose(Tensor probabilities)
    {
        if (Top == _experts)
        {
            return probabilities.OnesLike();
        }

        Tensor own = probabilities.Unsqueeze(2), other = probabilities.Unsqueeze(1);                   // B×E×1, B×1×E
        Tensor better = other.Above(own).To(probabilities.DType);                                       // B×E×E
        Tensor notWorse = 1 - own.Above(other).To(probabilities.DType);
        Tensor earlier = _earlier.Value;
        Tensor beaten = ((notWorse * earlier) + (better * (1 - earlier))).Sum(-1);                       // B×E
        return (Top - beaten).Above(0.5).To(probabilities.DType);
    }
}
