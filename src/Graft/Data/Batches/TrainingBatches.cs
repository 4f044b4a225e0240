using Graft.Detectors;

namespace Graft.Data;

/// <summary>Augmented batches in random order, prepared in the background; the same for the same seed and epoch.</summary>
public sealed class TrainingBatches : IDisposable
{
    private readonly DetectionDataset _data;
    private readonly BatchOptions _options;
    private readonly Letterbox _letterbox;
    private readonly ImageStore _store;
    private readonly Augmentation _augmentation;
    private readonly BatchBuffers _buffers;

    /// <summary>Creates the loader.</summary>
    /// <param name="data">Images; those that cannot be read are replaced by the next one and counted in its problems.</param>
    /// <param name="options">Sizes, threads, seed.</param>
    /// <param name="augment">How images are augmented.</param>
    public TrainingBatches(DetectionDataset data, BatchOptions options, AugmentOptions augment)
    {
        (_data, _options) = (data, options);
        _letterbox = new Letterbox(options.Side) { ScaleUp = true };
        _store = new ImageStore(data, _letterbox, options.CacheBytes);
        _augmentation = new Augmentation(data, _store, _letterbox, augment, options.Seed);
        _buffers = new BatchBuffers(options.Size * 3 * options.Side * options.Side);
        if (augment.Filters > 0)
        {
            ColourJitter.Prepare();
        }
    }

    /// <summary>Where features of the views are kept; null: batches have pixels only.</summary>
    public IFeatureStore? Features { get; set; }

    /// <summary>Batches of one epoch.</summary>
    public int Count => (_data.Images.Count + _options.Size - 1) / _options.Size;

    /// <summary>The batches of an epoch, each valid until the next: of each, the shard of this process. A batch with fewer images than there are
    /// shards goes to every process as a whole, so that none has nothing to do.</summary>
    /// <param name="epoch">Index from 0; with the seed it determines order and augmentation.</param>
    /// <param name="closing">Whether this is one of the last epochs, without mosaic and mix-up.</param>
    /// <param name="skip">Batches that were done before a resume.</param>
    /// <param name="stop">Ends the sequence early.</param>
    public IEnumerable<Batch> Epoch(int epoch, bool closing = false, int skip = 0, CancellationToken stop = default)
    {
        int[] order = Order(epoch);
        int view = _options.Views == 0 ? epoch : epoch % _options.Views;
        return _buffers.Recycle(Prefetch.InOrder(
            skip, Count, _options.Workers, number => Make(order, number, (epoch, view), closing), _buffers.Return, stop));
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private Batch Make(int[] order, int number, (int Epoch, int View) time, bool closing)
    {
        ReadOnlySpan<int> indices = order.AsSpan(number * _options.Size);
        indices = indices[..Math.Min(indices.Length, _options.Size)];
        int whole = indices.Length;
        (int first, int after) = whole < _options.Shard.Count ? (0, whole) : _options.Shard.Range(whole);
        indices = indices[first..after];
        byte[] buffer = _buffers.Take();
        List<Targets.Row> rows = [];
        List<DetectionImage> images = [];
        List<ViewOfImage> views = [];
        for (int place = 0; place < indices.Length; place++)
        {
            FeatureSlot slot = new(indices[place], time.View, closing);
            FeatureSample? known = Features?.Find(slot);
            IReadOnlyList<Targets.Row> boxes = known?.Boxes ?? Draw(slot, buffer, place);
            rows.AddRange(boxes.Select(box => box with { Image = place }));
            views.Add(new ViewOfImage(slot, known ?? new FeatureSample(boxes, []), known is not null));
            images.Add(_data.Images[indices[place]]);
        }

        List<Fitting> fittings = [.. images.Select(image => _letterbox.Plan(image.Width, image.Height).Fitting)];
        long[] seeds = [.. views.Select(one => (long)SplitMix64.For(_options.Seed, time.Epoch, one.Slot.Image).Next())];
        Targets targets = new(images.Count, rows) { Seeds = seeds };
        return new Batch(buffer, _options.Side, _options.Side, images, fittings, targets) { Views = views, Whole = whole, Number = number };
    }

    /// <summary>Writes the pixels of a view to its place in a batch.</summary>
    /// <returns>The view's boxes.</returns>
    private Targets.Row[] Draw(FeatureSlot slot, byte[] buffer, int place)
    {
        using Sample sample = _augmentation.Make(slot.Image, slot.View, slot.Closing);
        BatchBuffers.Write(buffer, place, sample.Image);
        return [.. BatchBuffers.Rows(0, sample.Objects)];
    }

    private int[] Order(int epoch)
    {
        SplitMix64 random = SplitMix64.For(_options.Seed, epoch);
        int[] order = [.. Enumerable.Range(0, _data.Images.Count)];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = random.Integer(0, i);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
