namespace Graft.Data;

/// <summary>Keeps what the frozen part of a network gives, so that it is computed once for each view of an image.</summary>
public interface IFeatureStore : IDisposable
{
    /// <summary>What is kept for a view; null: nothing, or nothing usable. May be called on several threads.</summary>
    /// <param name="slot">The view.</param>
    FeatureSample? Find(FeatureSlot slot);

    /// <summary>Keeps a view, unless the store is full. Is called on one thread.</summary>
    /// <param name="slot">The view.</param>
    /// <param name="sample">What the frozen part gives for it.</param>
    void Add(FeatureSlot slot, FeatureSample sample);
}
