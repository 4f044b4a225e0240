using Graft.Files;

namespace Graft.Models.YoloWorld;

/// <summary>The family YOLO-World: official checkpoints and those of Ultralytics' YOLOv8-World.</summary>
internal sealed class YoloWorldFamily : ModelFamily
{
    /// <summary>The one instance.</summary>
    internal static YoloWorldFamily Instance { get; } = new();

    /// <inheritdoc/>
    public override string Kind => "yolo_world";

    /// <inheritdoc/>
    public override string Title => "YOLO-World (v1, v2)";

    /// <inheritdoc/>
    public override ModelOptions Defaults { get; } = new YoloWorldOptions();

    /// <inheritdoc/>
    public override bool Fits(IReadOnlyCollection<string> names) => YoloWorldLayout.Fits(names) || YoloV8WorldNames.Fit(names);

    /// <inheritdoc/>
    public override ModelOptions? TryRecognise(WeightShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return YoloWorldLayout.Fits(shapes.Names) ? YoloWorldLayout.Of(shapes)
            : YoloV8WorldNames.Fit(shapes.Names) ? YoloV8WorldNames.OptionsOf(shapes)
            : null;
    }

    /// <inheritdoc/>
    public override (ModelOptions Model, NameMap Map)? TryReadUltralytics(WeightShapes shapes, PickleValue? yaml)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        if (!YoloV8WorldNames.Fit(shapes.Names))
        {
            return null;
        }

        YoloWorldOptions world = YoloV8WorldNames.OptionsOf(shapes);
        return (world, YoloV8WorldNames.ToOfficial(world.Version));
    }
}
