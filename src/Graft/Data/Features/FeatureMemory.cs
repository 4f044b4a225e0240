using System.Collections.Concurrent;

namespace Graft.Data;

/// <summary>Keeps features in memory, as many as a limit allows.</summary>
/// <param name="limit">Most bytes of maps.</param>
/// <param name="note">Is told once that the limit is reached.</param>
public sealed class FeatureMemory(long limit, Action<string> note) : IFeatureStore
{
    private readonly ConcurrentDictionary<FeatureSlot, FeatureSample> _samples = [];
    private long _used;
    private bool _full;

    /// <summary>Views that are kept.</summary>
    public int Count => _samples.Count;

    /// <inheritdoc/>
    public FeatureSample? Find(FeatureSlot slot) => _samples.GetValueOrDefault(slot);

    /// <inheritdoc/>
    public void Add(FeatureSlot slot, FeatureSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (_full || _used + sample.Maps.Length > limit)
        {
            if (!_full)
            {
                note($"The feature cache is full: {Counted.Of(Count, "view")}; the others are computed whenever they are needed. train.feature_cache_gb sets its size.");
            }

            _full = true;
            return;
        }

        if (_samples.TryAdd(slot, sample))
        {
            _used += sample.Maps.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _samples.Clear();
}
