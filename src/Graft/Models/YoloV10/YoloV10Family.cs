using Graft.Files;
using Graft.Torch.Layers;

namespace Graft.Models.YoloV10;

/// <summary>The family YOLOv10: official checkpoints, as a whole model or a state dict.</summary>
internal sealed class YoloV10Family : ModelFamily
{
    /// <summary>The one instance.</summary>
    internal static YoloV10Family Instance { get; } = new();

    /// <inheritdoc/>
    public override string Kind => "yolov10";

    /// <inheritdoc/>
    public override string Title => "YOLOv10";

    /// <inheritdoc/>
    public override ModelOptions Defaults { get; } = new YoloV10Options();

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Blocks => YoloV10Block.Names;

    /// <inheritdoc/>
    public override bool Fits(IReadOnlyCollection<string> names) => YoloV10Layout.Fits(names);

    /// <inheritdoc/>
    public override ModelOptions? TryRecognise(WeightShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return YoloV10Layout.Fits(shapes.Names) ? YoloV10Layout.TryOf(shapes, null) : null;
    }

    /// <inheritdoc/>
    public override (ModelOptions Model, NameMap Map)? TryReadUltralytics(WeightShapes shapes, PickleValue? yaml)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return YoloV10Layout.Fits(shapes.Names) ? (YoloV10Layout.Of(shapes, yaml), NameMap.Empty) : null;
    }

    /// <inheritdoc/>
    public override Layer CreateBlock(string name, IReadOnlyDictionary<string, string> arguments) => YoloV10Block.Create(name, arguments);
}
