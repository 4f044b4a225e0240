using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Benchmarks;

/// <summary>A model in Graft's engine.</summary>
internal sealed class TorchTimedModel : TimedModel
{
    private readonly TrainedModel _model;
    private readonly PostProcessOptions _thresholds;
    private readonly Subject _subject;
    private readonly Predictor _predictor;
    private readonly Tensor _image;
    private readonly List<(string Name, double Time)[]> _profiled = [];

    /// <summary>Prepares a deployed model.</summary>
    /// <param name="name">The target.</param>
    /// <param name="model">The model; this disposes it.</param>
    internal TorchTimedModel(string name, TrainedModel model)
        : base(name, InferEngines.Graft)
    {
        _model = model;
        _thresholds = model.Config.Predict with { ScoreThreshold = PredictionRequest.DefaultScore };
        Bench.Prepare(model.Detector.Network);
        _subject = Subject.Of(model.Detector);
        Side = model.Config.Train.Imgsz;
        _predictor = new Predictor(model.Detector, Side, _thresholds);
        using TensorScope scope = TensorScope.Begin();
        _image = Tensor.From(InferInput.Of(Side, Side).Values, 1, 3, Side, Side).To(MemoryFormat.ChannelsLast).Unscoped();
        using OperationRecorder recorder = new();
        Infer();
        Gflops = recorder.Flops / 1e9;
    }

    /// <inheritdoc/>
    internal override double Gflops { get; }

    /// <inheritdoc/>
    internal override int Side { get; }

    /// <inheritdoc/>
    internal override bool IsDetector => true;

    /// <inheritdoc/>
    internal override void Infer()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        if (_subject.Network.IsEndToEnd)
        {
            // An exported model of this kind ends with the best boxes too.
            _model.Detector.Detect(_image, [Fitting.None(Side, Side)], _thresholds);
        }
        else
        {
            RawDecoding.Decode(_subject.Forward(_image), _subject.Strides);
        }
    }

    /// <inheritdoc/>
    internal override void Detect(Frame frame) => _predictor.Detect(frame.Image);

    /// <inheritdoc/>
    internal override void Profile()
    {
        using OperationRecorder recorder = new();
        Infer();
        _profiled.Add([.. recorder.Operations.Select(operation => (OperatorKinds.Plain(operation.Name), operation.Milliseconds))]);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<OperatorTime> Operators()
    {
        // What a fused kernel replaces has no time of its own.
        IReadOnlyList<(string Name, double Time)[]> runs = [.. _profiled.Skip(1)];
        return OperatorTime.Of(Enumerable.Range(0, runs[0].Length).Where(call => runs[0][call].Time > 0)
            .Select(call => (runs[0][call].Name, (IReadOnlyCollection<double>)[.. runs.Where(run => call < run.Length).Select(run => run[call].Time)])));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _image.Dispose();
        _model.Dispose();
    }
}
