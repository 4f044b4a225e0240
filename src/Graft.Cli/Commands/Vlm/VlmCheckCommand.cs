using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>graft vlm check MODEL: the use of every tensor of a checkpoint, and which LoRA is used.</summary>
internal sealed class VlmCheckCommand : CliCommand
{
    private readonly OpeningOptions _opening = new();
    private readonly Argument<string> _model = Define.Target("MODEL", $"{VlmCommands.Model}; or a JSON file of names and shapes");

    internal VlmCheckCommand()
        : base("check", "the use of every tensor, and which LoRA is used")
        => Takes([_model, .. _opening.All]);

    internal override string Notes => "The exit code is 4 unless every tensor is explained and the LoRA has an effect.";

    protected override int Run(Arguments arguments, Output output)
    {
        PanoramaCheck check = PanoramaCheck.Of(arguments.Value(_model)!, _opening.Read(arguments));
        output.Line(check.ToString());
        output.Result(check.ToJson());
        return check is { IsExplained: true, HasEffect: true } ? 0 : (int)Failure.Model;
    }
}
