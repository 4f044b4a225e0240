using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.Blocks;

/// <summary>Attention of all positions of a sequence to one another, with weights under the names of Hugging Face's encoders.</summary>
public sealed class SelfAttention : TensorModule
{
    private readonly int _heads;
    private readonly Linear _query, _key, _value, _output;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">C, channels of a position.</param>
    /// <param name="heads">Number of heads; divides C.</param>
    public SelfAttention(int width, int heads)
    {
        _heads = heads;
        _key = Add("k_proj", new Linear(width, width));
        _value = Add("v_proj", new Linear(width, width));
        _query = Add("q_proj", new Linear(width, width));
        _output = Add("out_proj", new Linear(width, width));
    }

    /// <summary>Runs the layer.</summary>
    /// <param name="x">B×L×C.</param>
    /// <param name="mask">Added to the B×heads×L×L scores, broadcast; null: every position sees every other.</param>
    /// <returns>B×L×C.</returns>
    public Tensor Forward(Tensor x, Tensor? mask = null)
    {
        ModuleRun run = Enter();
        using TensorScope scope = TensorScope.Begin();      // the scores, B×heads×L×L, do not outlive the layer
        Tensor mixed = HeadedAttention.Run(_query.Forward(x), _key.Forward(x), _value.Forward(x), _heads, mask);
        return scope.Keep(run.Leave(_output.Forward(mixed)));
    }
}
