using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>How a panorama is cut into views.</summary>
internal sealed class ViewOptions
{
    private static readonly PanoramaOptions Defaults = new();

    private readonly Option<CropStrategy?> _crop = Define.Choice<CropStrategy>(
        "--crop", $"how a panorama is cut into views; {Define.Spelled(Defaults.Strategy)} without it");
    private readonly Option<double> _fov = Define.Number(
        "--fov", "DEGREES", "field of view of a view", new NumberRange(0, 360, LowExclusive: true), Defaults.FovDegrees);
    private readonly Option<double> _overlap = Define.Number(
        "--view-overlap", "X", "share of a view that the next one overlaps", new NumberRange(0, 1, HighExclusive: true), Defaults.Overlap);

    internal IEnumerable<Option> All => [_crop, _fov, _overlap];

    internal PanoramaOptions Read(Arguments arguments) => Defaults with
    {
        Strategy = arguments.Value(_crop) ?? Defaults.Strategy,
        FovDegrees = arguments.Value(_fov),
        Overlap = arguments.Value(_overlap),
    };
}
