using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>A residual MLP behind learned prompts: x + W₂·max(W₁·x, 0), D→2D→D; keys <c>adapter.0</c> and <c>adapter.2</c>.</summary>
internal sealed class PromptMlp : Layer
{
    private readonly Linear _wide, _back;

    internal PromptMlp(int width)
    {
        _wide = Add("0", new Linear(width, 2 * width));
        _back = Add("2", new Linear(2 * width, width));
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        _back.Weight.Value.CopyFrom(Tensor.Zeros(width, 2 * width));       // the identity before training
        _back.Bias!.Value.CopyFrom(Tensor.Zeros(width));
    }

    protected override Tensor Run(Tensor input) => input + _back.Forward(_wide.Forward(input).Relu());
}
