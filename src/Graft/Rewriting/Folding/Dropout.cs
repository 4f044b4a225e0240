using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

internal static class Dropout
{
    /// <summary>The dropout probability of an adapter in training.</summary>
    internal static double Of(Layer layer) => (layer as Adapter)?.Options switch
    {
        LoraOptions lora => lora.Dropout,
        TrueMonaBaseOptions mona => mona.Dropout,
        _ => 0,
    };
}
