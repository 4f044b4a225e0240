using Graft.Detectors;

namespace Graft.Data;

/// <summary>Batches of images fitted into the input as at test time, in file order, prepared in the background.</summary>
public sealed class EvaluationBatches : IDisposable
{
    private readonly DetectionDataset _data;
    private readonly BatchOptions _options;
    private readonly Letterbox _letterbox;
    private readonly ImageStore _store;
    private readonly BatchBuffers _buffers;

    /// <summary>Creates the loader.</summary>
    /// <param name="data">Images; those that cannot be read are skipped and counted in its problems.</param>
    /// <param name="options">Sizes and threads.</param>
    public EvaluationBatches(DetectionDataset data, BatchOptions options)
        : this(data, options, new Letterbox(options.Side))
    {
    }

    /// <summary>Creates the loader for an input of any shape.</summary>
    /// <param name="data">Images.</param>
    /// <param name="options">Sizes and threads; the side is not read.</param>
    /// <param name="letterbox">Fits images into the input.</param>
    internal EvaluationBatches(DetectionDataset data, BatchOptions options, Letterbox letterbox)
    {
        (_data, _options, _letterbox) = (data, options, letterbox);
        _store = new ImageStore(data, _letterbox, options.CacheBytes);
        _buffers = new BatchBuffers(options.Size * 3 * _letterbox.Width * _letterbox.Height);
    }

    /// <summary>Number of batches.</summary>
    public int Count => (_data.Images.Count + _options.Size - 1) / _options.Size;

    /// <summary>Ids of the images that could not be read so far; evaluation must not count their objects as missed.</summary>
    public IReadOnlySet<long> Unreadable => _store.Unreadable.Select(index => _data.Images[index].Id).ToHashSet();

    /// <summary>All batches of this process's shard in order, each valid until the next; one without a readable image is skipped.</summary>
    /// <param name="stop">Ends the sequence early.</param>
    public IEnumerable<Batch> All(CancellationToken stop = default)
        => _buffers.Recycle(Prefetch.InOrder(
            0, _options.Shard.Dealt(Count), _options.Workers, number => Make(_options.Shard.Item(number)), _buffers.Return, stop))
            .Where(batch => batch.Images.Count > 0);

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private Batch Make(int number)
    {
        byte[] buffer = _buffers.Take();
        List<Targets.Row> rows = [];
        List<DetectionImage> images = [];
        List<Fitting> fittings = [];
        for (int index = number * _options.Size; index < Math.Min((number + 1) * _options.Size, _data.Images.Count); index++)
        {
            if (_store.Get(index) is not { } borrowed)
            {
                continue;
            }

            using (borrowed)
            {
                DetectionImage listed = _data.Images[index];
                LetterboxPlan plan = _letterbox.Plan(listed.Width, listed.Height);
                using Torch.Images.Image input = _letterbox.Pad(borrowed.Image, plan);
                BatchBuffers.Write(buffer, images.Count, input);
                rows.AddRange(BatchBuffers.Rows(
                    images.Count, listed.Objects.Select(labelled => labelled with { Box = plan.ToInput(labelled.Box) })));
                fittings.Add(plan.Fitting);
                images.Add(listed);
            }
        }

        return new Batch(buffer, _letterbox.Width, _letterbox.Height, images, fittings, new Targets(images.Count, rows)) { Number = number };
    }
}
