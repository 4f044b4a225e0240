namespace Graft.Data;

/// <summary>A view of an image in a training batch.</summary>
/// <param name="Slot">Which view.</param>
/// <param name="Sample">Its boxes; its maps where they are known.</param>
/// <param name="Known">Whether its maps were kept from an earlier epoch or run.</param>
public sealed record ViewOfImage(FeatureSlot Slot, FeatureSample Sample, bool Known);
