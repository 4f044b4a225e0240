using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>graft vlm train MODEL CSV: small-scale training of one stage.</summary>
internal sealed class VlmTrainCommand : CliCommand
{
    private static readonly PanoramaTrainingOptions Defaults = new();

    private readonly OpeningOptions _opening = new();
    private readonly ViewOptions _views = new();
    private readonly TextOptions _text = new();
    private readonly Argument<string> _model = Define.Target("MODEL", VlmCommands.Model);
    private readonly Argument<string> _csv = Define.Target(
        "CSV", "a table with the columns url, query, annotation; url, instruction, response; or, without a tokenizer, url, prompt_ids, answer_ids");
    private readonly Option<string> _out = Define.Required("--out", "DIR", "the folder of the result, which the other commands open");
    private readonly Option<PanoramaStage?> _stage = Define.Choice<PanoramaStage>("--stage", "which stage is trained", required: true);
    private readonly Option<int> _steps = Define.Integer("--steps", "N", "training steps", new NumberRange(0, int.MaxValue), Defaults.Steps);
    private readonly Option<double> _rate = Define.Number("--lr", "X", "learning rate", new NumberRange(0, 10), Defaults.LearningRate);
    private readonly Option<int> _batch = Define.Integer("--batch", "N", "samples per step", new NumberRange(1, 4096), 1);
    private readonly Option<int> _rank = Define.Integer("--rank", "N", "rank of the LoRA", new NumberRange(1, 4096), Defaults.LoraRank);
    private readonly Option<double> _alpha = Define.Number("--alpha", "X", "alpha of the LoRA", new NumberRange(0, 100_000), Defaults.LoraAlpha);
    private readonly Option<double> _dropout = Define.Number("--dropout", "X", "dropout of the LoRA", new NumberRange(0, 0.99), Defaults.LoraDropout);
    private readonly Option<bool> _batchwise = Define.Flag("--vicreg-batchwise", "VICReg statistics over the batch");

    internal VlmTrainCommand()
        : base("train", "small-scale training of one stage")
        => Takes([_model, _csv, _out, _stage, _steps, _rate, _batch, _rank, _alpha, _dropout, _batchwise, .. _views.All, .. _text.All, .. _opening.All]);

    protected override int Run(Arguments arguments, Output output)
    {
        PanoramaTrainingOptions options = Defaults with
        {
            Stage = arguments.Value(_stage)!.Value,
            Steps = arguments.Value(_steps),
            LearningRate = arguments.Value(_rate),
            LoraRank = arguments.Value(_rank),
            LoraAlpha = arguments.Value(_alpha),
            LoraDropout = arguments.Value(_dropout),
            VicRegBatchwise = arguments.Value(_batchwise),
        };
        PanoramaTrainingRequest request = new(arguments.Value(_model)!, arguments.Value(_csv)!, arguments.Value(_out)!)
        {
            Opening = _opening.Read(arguments),
            Views = _views.Read(arguments),
            Options = options,
            Tokenizer = arguments.Value(_text.Tokenizer),
            SystemMessage = arguments.Value(_text.System),
            Batch = arguments.Value(_batch),
            Seed = arguments.Value(Common.Seed) ?? 0,
        };
        PanoramaTrainingResult result = output.Track(progress => PanoramaTraining.Run(
            request, (done, loss) => progress((double)done / Math.Max(1, options.Steps), $"step {done} of {options.Steps}, loss {loss:g4}")));
        output.Line($"{result.Output}: {Counted.Of(result.Losses.Count, "step")}, {Counted.Of(result.TrainedValues, "parameter")} trained"
            + (result.Losses.Count == 0 ? "" : $", loss {result.Losses[0]:g4} to {result.Losses[^1]:g4}"));
        if (result.LoraModules > 0)
        {
            output.Line($"LoRA of {Counted.Of(result.LoraModules, "layer")}, {result.ZeroModules} of them zero{(result.LoraHasEffect ? "" : ": it has no effect")}");
        }

        output.Result(result.ToJson());
        return 0;
    }
}
