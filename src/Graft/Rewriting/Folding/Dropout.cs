using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

internal static class Dropout
{
    /// <summary>The share of inner values that an adapter drops while it trains.</summary>
    internal static double Of(Layer layer) => (layer as Adapter)?.Options switch
    {
        LoraOptions lora => lora.Dropout,
        TrueMonaBaseOptions mona => mona.Dropout,
        _ => 0,
    };
}
