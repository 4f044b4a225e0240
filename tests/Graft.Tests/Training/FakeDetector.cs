using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Training;

/// <summary>A detector of three weights: its loss pulls them towards the brightness of the images and a random number per step.</summary>
internal sealed class FakeDetector : IDetector
{
    private readonly Net _net = new();
    private int _steps;

    /// <summary>Steps of this detector, from 0, whose loss is not a number.</summary>
    internal HashSet<int> Bad { get; init; } = [];

    /// <summary>Factor on loss and gradients.</summary>
    internal double Gain { get; init; } = 1;

    public DetectionNetwork Network => _net;

    public IReadOnlyList<string> Names { get; } = ["red", "blue"];

    internal double[] Weights => _net.Weight.Value.ToDoubles();

    public Losses ComputeLoss(StageMaps input, Targets targets)
    {
        Tensor images = input.Maps[0];
        double gain = Bad.Contains(_steps++) ? double.NaN : Gain;
        Tensor aim = Tensor.Rand(3) + (images.Sum() * (1.0 / images.Count));
        Tensor loss = (_net.Weight.Value - aim).Square().Sum() * gain;
        return new Losses(loss, [("box_loss", loss)]);
    }

    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options) => throw new NotSupportedException();

    public (Detection[][] Detections, Losses Losses) DetectWithLoss(
        Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets) => throw new NotSupportedException();

    public void Dispose() => _net.Dispose();

    private sealed class Net : DetectionNetwork
    {
        public override IReadOnlyList<AdapterSite> Sites => [];

        public override IReadOnlyList<int> Strides => [];

        public override int Classes => 2;

        internal Net() => Weight = AddParameter("weight", Tensor.Full([3], 5));

        internal Parameter Weight { get; }

        public override DetectionNetwork EmptyCopy(DType type) => throw new NotSupportedException();

        public override RawDetections Predict(Tensor images, Tensor? text) => throw new NotSupportedException();
    }
}
