using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>graft vlm views IMAGE...: the input of the vision encoder.</summary>
internal sealed class VlmViewsCommand : CliCommand
{
    private readonly ViewOptions _views = new();
    private readonly TensorFiles _tensors = new();
    private readonly Argument<string[]> _images = Define.Targets("IMAGE", "panoramas");
    private readonly Option<int> _side = Define.Integer("--side", "N", "side of a view", new NumberRange(1, 4096), 224);

    internal VlmViewsCommand()
        : base("views", "the input of the vision encoder, views×3×side×side in -1..1")
        => Takes([_images, .. _tensors.Writing, _side, .. _views.All]);

    protected override int Run(Arguments arguments, Output output)
    {
        using TensorScope scope = TensorScope.Begin();
        string[] images = arguments.Value(_images)!;
        _tensors.RequireOutput(arguments, images);
        PanoramaOptions views = _views.Read(arguments);
        return _tensors.Write(
            arguments, [.. images.Select(image => (Path.GetFileNameWithoutExtension(image), PanoramaViews.Pixels(RgbImage.Load(image), arguments.Value(_side), views)))], output);
    }
}
