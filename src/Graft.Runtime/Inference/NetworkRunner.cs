using Graft.Runtime.Models;
using Graft.Runtime.Postprocessing;
using Graft.Runtime.Preprocessing;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Runtime.Inference;

/// <summary>Runs images or tiles through the session, as many at once as the model takes. Its memory of input and output is reused.</summary>
internal sealed class NetworkRunner(OpenModel model, Letterbox letterbox, int maxBatch) : IDisposable
{
    private const int MostShapes = 32, ImageChannels = 3;
    private readonly List<BoundShape> _shapes = [];
    private readonly PostProcessor _postProcessor = new(model.File);
    private readonly TilePlace[] _places = new TilePlace[maxBatch];
    private readonly FitPlan[] _plans = new FitPlan[maxBatch];
    private float[] _input = [], _output = [];
    private RunOptions _run = new();
    private OnnxAdapter? _adapter;
    private Vocabulary? _vocabulary;
    private Thresholds _thresholds;
    private CancellationToken _cancellation;
    private int _waiting;

    /// <summary>Memory of decoding and preprocessing.</summary>
    public PreprocessingBuffers Scratch { get; } = new();

    /// <summary>Times since <see cref="Begin"/>.</summary>
    public StageClock Clock { get; } = new();

    /// <summary>Size of the input, for tiles that fit it.</summary>
    public (int Width, int Height) InputSize { get; } = (model.Contract.Description.InputWidth, model.Contract.Description.InputHeight);

    /// <summary>Starts a call.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Model: the adapter belongs to another base.</exception>
    public void Begin(Vocabulary vocabulary, OnnxAdapter? adapter, in Thresholds thresholds, CancellationToken cancellation)
    {
        Clock.Clear();
        _waiting = 0;
        (_thresholds, _cancellation) = (thresholds, cancellation);
        if (_vocabulary != vocabulary)
        {
            _vocabulary = vocabulary;
            DropShapes();
        }

        if (_adapter != adapter)
        {
            adapter?.File.CheckBase(model);
            _adapter = null;
            _run.Dispose();
            _run = new RunOptions();
            adapter?.Activate(_run);
            _adapter = adapter;
        }
    }

    /// <summary>Ends a call.</summary>
    public void End() => _cancellation = default;

    /// <summary>Writes an image or tile into the input; runs first what cannot share a batch with it.</summary>
    public void Add(in PixelView view, TilePlace place, List<Piece> found)
    {
        FitPlan plan = letterbox.Plan(view.Width, view.Height);
        if (_waiting == maxBatch || (_waiting > 0 && (plan.Width != _plans[0].Width || plan.Height != _plans[0].Height)))
        {
            Flush(found);
        }

        Clock.Start();
        GrowInput(plan.Length * Slots(_waiting + 1));
        letterbox.Write(view, plan, _input.AsSpan(plan.Length * _waiting, plan.Length), Scratch);
        (_plans[_waiting], _places[_waiting]) = (plan, place);
        _waiting++;
        Clock.StopPreprocess();
    }

    /// <summary>Runs what waits and adds its detections to a list.</summary>
    public void Flush(List<Piece> found)
    {
        if (_waiting == 0)
        {
            return;
        }

        Clock.Start();
        BoundShape shape = Shape(Slots(_waiting), _plans[0].Height, _plans[0].Width);
        Run(shape);
        Clock.StopInference();
        Clock.Start();
        Decode(shape.OutputShape!, found);
        _waiting = 0;
        Clock.StopPostprocess();
    }

    public void Dispose()
    {
        DropShapes();
        _run.Dispose();
    }

    private int Slots(int images) => model.Contract.Description.BatchSize > 0 ? model.Contract.Description.BatchSize : images;

    private void Run(BoundShape shape)
    {
        _cancellation.ThrowIfCancellationRequested();
        CancellationTokenRegistration registration = _cancellation.CanBeCanceled
            ? _cancellation.UnsafeRegister(static run => ((RunOptions)run!).Terminate = true, _run)
            : default;
        try
        {
            if (shape.IsBound)
            {
                shape.Run(model.Session, _run, _adapter is not null);
            }
            else
            {
                RunFirst(shape);
            }
        }
        catch (OnnxRuntimeException error) when (_cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("The detection was cancelled.", error, _cancellation);
        }
        catch (OnnxRuntimeException error)
        {
            string input = GraphShape.Show(model.Contract.Graph.Image, shape.Shape.Select(size => (int)size));
            throw new OnnxDetectorException(FailureKind.Model, $"{model.File}: ONNX Runtime fails on the input {input}: {OrtMessage.Of(error, model.File)}.",
                "Export the model for this size, or with a dynamic one; with an adapter export both together.", error);
        }
        finally
        {
            // Disposing waits for a cancellation that is under way, so that it cannot end the next run.
            registration.Dispose();
            if (_cancellation.IsCancellationRequested)
            {
                _run.Terminate = false;
            }
        }
    }

    private void RunFirst(BoundShape shape)
    {
        using IDisposableReadOnlyCollection<OrtValue> results = shape.Measure(model.Session, _run);
        ReadOnlySpan<float> values = results[0].GetTensorDataAsSpan<float>();
        if (_output.Length < values.Length)
        {
            _shapes.Remove(shape);
            DropShapes();
            _shapes.Add(shape);
            _output = GC.AllocateUninitializedArray<float>(values.Length, pinned: true);
        }

        values.CopyTo(_output);

        // Some models give as many final boxes as they find: their output has no place before the run.
        if (!model.Contract.Description.IsEndToEnd || model.Contract.Graph.OutputShape[1] >= 0)
        {
            shape.Bind(model.Session, _output);
        }
    }

    private void Decode(long[] shape, List<Piece> found)
    {
        bool isEndToEnd = model.Contract.Description.IsEndToEnd;
        int slots = Slots(_waiting), expected = isEndToEnd ? PostProcessor.Numbers : PostProcessor.Corners + _vocabulary!.Names.Length;
        if (shape.Length != 3 || shape[0] != slots || shape[isEndToEnd ? 2 : 1] != expected)
        {
            string layout = isEndToEnd ? $"[{slots}, boxes, {expected}]" : $"[{slots}, {expected}, anchors]";
            throw new OnnxDetectorException(
                FailureKind.Model, $"{model.File} gave {GraphShape.Show(model.Contract.Graph.Output, shape.Select(size => (int)size))}; {layout} is expected.");
        }

        int length = (int)(shape[1] * shape[2]);
        for (int slot = 0; slot < _waiting; slot++)
        {
            ReadOnlySpan<float> output = _output.AsSpan(slot * length, length);
            if (isEndToEnd)
            {
                _postProcessor.ReadFinal(output, _plans[slot], _thresholds, _vocabulary!.Thresholds, _places[slot], found);
            }
            else
            {
                _postProcessor.Decode(output, expected, _plans[slot], _thresholds, _vocabulary!.Thresholds, _places[slot], found);
            }
        }
    }

    private BoundShape Shape(int slots, int height, int width)
    {
        foreach (BoundShape known in _shapes)
        {
            if (known.Shape[0] == slots && known.Shape[2] == height && known.Shape[3] == width)
            {
                return known;
            }
        }

        if (_shapes.Count == MostShapes)
        {
            DropShapes();
        }

        BoundShape shape = new(model, _input, [slots, ImageChannels, height, width], _vocabulary!);
        _shapes.Add(shape);
        return shape;
    }

    private void GrowInput(int length)
    {
        if (_input.Length < length)
        {
            DropShapes();
            float[] input = GC.AllocateArray<float>(length, pinned: true);
            _input.CopyTo(input, 0);
            _input = input;
        }
    }

    private void DropShapes()
    {
        _shapes.ForEach(static shape => shape.Dispose());
        _shapes.Clear();
    }
}
