using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.Blocks;

/// <summary>Two linear layers with an activation between them, with weights under the names of Hugging Face's encoders.</summary>
public sealed class Mlp : Layer
{
    private readonly Func<Tensor, Tensor> _activation;
    private readonly Linear _first, _second;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">Channels of the input and of the output.</param>
    /// <param name="hidden">Channels between the linear layers.</param>
    /// <param name="activation">The activation.</param>
    public Mlp(int width, int hidden, Func<Tensor, Tensor> activation)
    {
        _activation = activation;
        _first = Add("fc1", new Linear(width, hidden));
        _second = Add("fc2", new Linear(hidden, width));
    }

    /// <summary>…×width to …×width.</summary>
    protected override Tensor Run(Tensor input) => _second.Forward(_activation(_first.Forward(input)));
}
