using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>graft vlm forward MODEL: the tensors of every stage, without LoRA, with it and merged.</summary>
internal sealed class VlmForwardCommand : CliCommand
{
    private const int MostSteps = 1_000_000;

    private readonly OpeningOptions _opening = new();
    private readonly TensorFiles _tensors = new();
    private readonly Argument<string> _model = Define.Target("MODEL", VlmCommands.Model);
    private readonly Option<int> _steps = Define.Integer("--steps", "N", "tokens that are generated", new NumberRange(0, MostSteps), 8);

    internal VlmForwardCommand()
        : base("forward", "raw tensors through every stage, without LoRA, with it and merged")
        => Takes([_model, .. _tensors.All, _steps, .. _opening.All]);

    internal override string Notes => "Inputs are pixel_values (B, views, 3, H, W), input_ids, attention_mask and labels.";

    protected override int Run(Arguments arguments, Output output)
    {
        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<(string Name, Tensor Value)> results = PanoramaForward.Run(
            arguments.Value(_model)!, _opening.Read(arguments), _tensors.Inputs(arguments), arguments.Value(_steps));
        return _tensors.Write(arguments, results, output, PanoramaForward.MasksOf(results));
    }
}
