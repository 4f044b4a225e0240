using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>An MLP on each patch: linear layers with a normalisation and a GELU after all but the last.</summary>
public sealed class MlpResampler : Layer
{
    private readonly Sequential _mlp;

    /// <summary>Creates the resampler with random weights.</summary>
    /// <param name="width">Width of the vision encoder.</param>
    /// <param name="latentWidth">Width of the output.</param>
    /// <param name="options">Sizes.</param>
    public MlpResampler(int width, int latentWidth, MlpResamplerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int hidden = options.HiddenWidth ?? Math.Max(width, latentWidth);
        List<Layer> layers = new();
        for (int i = 0; i < options.Depth - 1; i++)
        {
            layers.AddRange([new Linear(i == 0 ? width : hidden, hidden), new LayerNorm(hidden), new Gelu()]);
        }

        layers.Add(new Linear(options.Depth == 1 ? width : hidden, latentWidth));
        _mlp = Add("mlp", new Sequential([.. layers]));
    }

    /// <summary>N×tokens×width to N×tokens×latent.</summary>
    protected override Tensor Run(Tensor input) => _mlp.Forward(input);
}

/// <summary>The exact GELU.</summary>
internal sealed class Gelu : Layer
{
    protected override Tensor Run(Tensor input) => input.Gelu();
}
