using Graft.Detectors;
using Graft.Models.Blocks;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Models.Toy;

/// <summary>Three strided units and two 1×1 heads on one level of stride 8.</summary>
public sealed class ToyNetwork : DetectionNetwork
{
    private const int Bins = 16;
    private readonly ToyOptions _options;
    private readonly Sequential _body;
    private readonly Conv2d _classes, _boxes;

    /// <summary>Builds the network with fresh weights; each layer is created with its name.</summary>
    public ToyNetwork(ToyOptions options)
    {
        _options = options;
        int c = options.Channels;
        _body = Add("toy_body", new Sequential(new ConvNorm(3, c, 3, 2), new ConvNorm(c, c, 3, 2), new ConvNorm(c, c, 3, 2)));
        _classes = Add("toy_classes", new Conv2d(c, options.Nc));
        _boxes = Add("toy_boxes", new Conv2d(c, 4 * Bins));
        NamePaths();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<AdapterSite> Sites { get; } = [new("body", "toy_body", "adapters.body")];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Strides { get; } = [8];

    /// <inheritdoc/>
    public override int Classes => _options.Nc;

    /// <inheritdoc/>
    public override RawDetections Predict(Tensor images, Tensor? text)
    {
        Tensor map = _body.Forward(images);                                   // B×C×H/8×W/8
        return new([_classes.Forward(map)], [_boxes.Forward(map)]);           // B×Nc×H/8×W/8, B×4·bins×H/8×W/8
    }

    /// <inheritdoc/>
    public override DetectionNetwork EmptyCopy(DType type)
    {
        ToyNetwork copy = new(_options);
        copy.To(type);
        copy.Train(false);
        return copy;
    }
}
