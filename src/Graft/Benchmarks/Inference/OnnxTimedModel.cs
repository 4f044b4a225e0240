using Graft.Export;
using Graft.Files;
using Graft.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Benchmarks;

/// <summary>A model in ONNX Runtime.</summary>
internal sealed class OnnxTimedModel : TimedModel
{
    private const int Axes = 4, Channels = 3;

    private readonly InferenceSession _session;
    private readonly OnnxProfile _profile;
    private readonly OnnxDetector? _detector;
    private readonly CalibrationTensor _input;
    private readonly string[] _outputs;
    private int _profiled;

    /// <summary>Opens a file.</summary>
    /// <param name="name">The target.</param>
    /// <param name="path">The file.</param>
    /// <param name="side">Side of the input where the file leaves it open, and expected where it does not; null: 640, or any.</param>
    /// <param name="threads">Threads of one operator.</param>
    /// <param name="proof">Agreement with its source; null where it was not exported for the measurement.</param>
    /// <exception cref="GraftException">Of kind Model: there is no such file; of kind Export: ONNX Runtime does not load it; of kind Usage: it
    /// takes more than an image, or is of another size.</exception>
    internal OnnxTimedModel(string name, string path, int? side, int threads, ExportProof? proof = null)
        : base(name, InferEngines.Onnx)
    {
        Proof = proof;
        if (!File.Exists(path))
        {
            throw new GraftException(Failure.Model, $"{Printable.Name(path, 400)} does not exist; an ONNX file is expected.", "Give an ONNX file that graft export wrote.");
        }

        _session = OnnxSessions.Open(path, threads);
        try
        {
            _input = InputOf(path, _session, side);
            _outputs = [.. _session.OutputMetadata.Keys];
            Gflops = CountOperations(path, threads) / 1e9;
            _detector = DetectorOf(path, threads);
            _profile = new OnnxProfile(path, threads);
        }
        catch
        {
            _detector?.Dispose();
            _session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    internal override double Gflops { get; }

    /// <inheritdoc/>
    internal override int Side => (int)_input.Shape[^1];

    /// <inheritdoc/>
    internal override bool IsDetector => _detector is not null;

    /// <inheritdoc/>
    internal override ExportProof? Proof { get; }

    /// <inheritdoc/>
    internal override void Infer() => OnnxSessions.Run(_session, [_input], _outputs, (_, _) => { });

    /// <inheritdoc/>
    internal override void Detect(Frame frame) => _detector!.Detect(frame.Pixels, Frame.Width, Frame.Height, Frame.Width * Frame.Channels, PixelFormat.Bgr8);

    /// <inheritdoc/>
    internal override void Profile()
    {
        _profile.Run([_input]);
        _profiled++;
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<OperatorTime> Operators()
    {
        // Each run calls the same nodes in the same order.
        IReadOnlyList<OnnxCall> calls = _profile.End();
        int perRun = calls.Count / _profiled;
        return OperatorTime.Of(Enumerable.Range(0, perRun).Select(call => (
            calls[call].Operator, (IReadOnlyCollection<double>)[.. Enumerable.Range(1, _profiled - 1).Select(run => calls[(run * perRun) + call].Milliseconds)])));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _profile.Dispose();
        _detector?.Dispose();
        _session.Dispose();
    }

    private static CalibrationTensor InputOf(string path, InferenceSession session, int? side)
    {
        if (session.InputMetadata.Count != 1 || session.InputMetadata.First() is not { Value: { IsTensor: true, Dimensions: { Length: Axes } sizes } } input
            || input.Value.ElementType != typeof(float) || sizes[0] > 1 || sizes[1] != Channels)
        {
            string found = string.Join(", ", session.InputMetadata.Select(entry => $"{entry.Key} [{string.Join(',', entry.Value.Dimensions)}]"));
            throw new GraftException(
                Failure.Usage, $"{Printable.Name(path, 400)} takes {found}; one image, [1,3,H,W] in float32, is expected.", "Export it without --text input and --batch.");
        }

        int otherwise = side ?? 640, height = sizes[2] > 0 ? sizes[2] : otherwise, width = sizes[3] > 0 ? sizes[3] : otherwise;
        return side is null || (height == side && width == side) ? InferInput.Of(height, width, input.Key)
            : throw new GraftException(
                Failure.Usage, $"{Printable.Name(path, 400)} takes images of {height}×{width}; imgsz is {side}.", $"Leave imgsz out, or export it for that size: --imgsz {side}.");
    }

    /// <summary>Operations of one run of the graph as it is in the file: ONNX Runtime's own form pads channels.</summary>
    private double CountOperations(string path, int threads)
    {
        using OnnxProfile plain = new(path, threads, optimized: false);
        plain.Run([_input]);
        return 2.0 * plain.End().Sum(call => call.MultiplyAccumulates);
    }

    private OnnxDetector? DetectorOf(string path, int threads)
    {
        try
        {
            bool isOpen = _session.InputMetadata[_input.Name].Dimensions[2..].Any(size => size < 0);
            return OnnxDetector.Load(path, new OnnxDetectorOptions { Threads = threads, InputWidth = isOpen ? Side : null, InputHeight = isOpen ? (int)_input.Shape[2] : null });
        }
        catch (OnnxDetectorException)
        {
            // A model that is no detector is timed alone.
            return null;
        }
    }
}
