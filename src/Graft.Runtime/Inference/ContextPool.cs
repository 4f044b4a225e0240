using Graft.Runtime.Models;
using Graft.Runtime.Postprocessing;
using Graft.Runtime.Preprocessing;

namespace Graft.Runtime.Inference;

/// <summary>One session for many threads: each call rents a context, whose memory the next call reuses.</summary>
internal sealed class ContextPool : IDisposable
{
    private readonly OpenModel _model;
    private readonly OnnxDetectorOptions _options;
    private readonly Letterbox _letterbox;
    private readonly Stack<CallContext> _free = new();
    private readonly UseCount _uses;
    private readonly int _batch;

    /// <summary>Makes a pool that owns a model.</summary>
    public ContextPool(OpenModel model, OnnxDetectorOptions options)
    {
        (_model, _options) = (model, options);
        ModelDescription description = model.Contract.Description;
        _letterbox = new Letterbox(model.Contract.Letterbox, description.InputWidth, description.InputHeight);
        _batch = description.BatchSize > 0 ? description.BatchSize : options.MaxBatch;
        _uses = new UseCount(Release);
    }

    /// <summary>Starts a call.</summary>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public CallContext Rent(Vocabulary vocabulary, OnnxAdapter? adapter, DetectOptions? options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Thresholds thresholds = Settle(options);
        CheckTiles(options?.Tiles);
        if (!_uses.TryEnter())
        {
            throw new ObjectDisposedException(nameof(OnnxDetector), $"The detector of {_model.File} is disposed.");
        }

        CallContext? context = null;
        try
        {
            lock (_free)
            {
                _free.TryPop(out context);
            }

            context ??= new CallContext(new NetworkRunner(_model, _letterbox, _batch));
            context.Begin(vocabulary, adapter, options, thresholds, cancellation);
            return context;
        }
        catch
        {
            Return(context);
            throw;
        }
    }

    /// <summary>Ends a call.</summary>
    public void Return(CallContext? context)
    {
        try
        {
            if (context is not null)
            {
                context.End();
                lock (_free)
                {
                    _free.Push(context);
                }
            }
        }
        finally
        {
            _uses.Leave();
        }
    }

    /// <summary>Frees the session when the last call ends.</summary>
    public void Dispose() => _uses.Dispose();

    private void Release()
    {
        foreach (CallContext context in _free)
        {
            context.Dispose();
        }

        _model.Dispose();
    }

    private Thresholds Settle(DetectOptions? options)
    {
        ModelDescription model = _model.Contract.Description;
        double? score = options?.ScoreThreshold;
        return new Thresholds(
            (float)OptionChecks.Share(nameof(DetectOptions.ScoreThreshold), score ?? _options.ScoreThreshold ?? model.ScoreThreshold),
            score is not null,
            (float)OptionChecks.Share(nameof(DetectOptions.IouThreshold), options?.IouThreshold ?? _options.IouThreshold ?? model.IouThreshold),
            model.Candidates,
            OptionChecks.Count(nameof(DetectOptions.MaxPerImage), options?.MaxPerImage ?? _options.MaxPerImage ?? model.MaxPerImage),
            model.IsMultiLabel,
            model.IsClassAgnostic);
    }

    private static void CheckTiles(TileOptions? tiles)
    {
        if (tiles is null)
        {
            return;
        }

        OptionChecks.Share(nameof(TileOptions.JoinIou), tiles.JoinIou);
        if (tiles.Overlap is not (>= 0 and <= 0.9) || tiles.Width < 0 || tiles.Height < 0)
        {
            throw new OnnxDetectorException(
                FailureKind.Usage,
                FormattableString.Invariant($"Tiles are {tiles.Width} × {tiles.Height} with an overlap of {tiles.Overlap}; sizes from 0 and an overlap from 0 to 0.9 are expected."));
        }
    }
}
