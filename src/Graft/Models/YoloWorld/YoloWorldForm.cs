namespace Graft.Models.YoloWorld;

/// <summary>The form in which a YOLO-World is built: for training, or after rewrites. The weights determine it; it is not a
/// setting.</summary>
/// <param name="Folded">Normalisations are folded: convolutions have a bias and no <c>bn</c> behind them.</param>
/// <param name="ComposedHead">The class branch ends in one 1×1 convolution with a channel per class: projection, normalisation and baked
/// vocabulary in one.</param>
/// <param name="BakedHead">Number of classes baked into the head as a convolution; 0: the head reads text.</param>
/// <param name="BakedNeck">Number of classes baked into the neck's gates as convolutions; 0: the neck reads text.</param>
internal sealed record YoloWorldForm(bool Folded = false, bool ComposedHead = false, int BakedHead = 0, int BakedNeck = 0)
{
    /// <summary>Whether no vocabulary is baked in.</summary>
    internal bool ReadsText => BakedHead == 0 && BakedNeck == 0;

    /// <summary>Whether no part reads text.</summary>
    internal bool NeedsNoText => BakedHead > 0 && BakedNeck > 0;
}
