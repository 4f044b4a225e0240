using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Comparison;

namespace Graft.Cli.Commands;

/// <summary>graft compare CONFIG...: strategies from one base in the same time, and what can be concluded.</summary>
internal sealed class CompareCommand : CliCommand
{
    private const double MostMinutes = 10_000, DefaultMinutes = 5;
    private const int MostSeeds = 100, MostEpochs = 100_000;

    private readonly Argument<string[]> _configs = Configurations.Any("the strategies, the baseline first (not with --resume)");
    private readonly Option<string?> _data = Define.Text("--data", "DATA", "the labelled images: a folder, a YOLO data.yaml, or a COCO file");
    private readonly Option<string?> _base = Define.Text("--base", "RUN|FILE", "the model that every strategy starts from");
    private readonly Option<string?> _baseData = Define.Text("--base-data", "DATA", "images of the base's own classes, to measure what is left of them; its training data without it");
    private readonly Option<int> _seeds = Define.Integer("--seeds", "N", "runs of each strategy", new NumberRange(1, MostSeeds), 3);
    private readonly Option<double?> _minutes = Define.Number("--minutes", "M", "minutes of each run, 5 without it", new NumberRange(0, MostMinutes));
    private readonly Option<int?> _epochs = Define.Integer("--epochs", "E", "epochs of each run, instead of minutes", new NumberRange(1, MostEpochs));
    private readonly Option<double[]?> _fractions = Define.Numbers("--fractions", "LIST", "shares of the training images, such as 0.1,0.3,1: would more images help?");
    private readonly Option<string?> _out = Define.Text("--out", "DIR", "folder of the results; runs/compare/compare, numbered, without it");
    private readonly Option<bool> _overwrite = Define.Flag("--overwrite", "replace an earlier comparison in --out");
    private readonly Option<string?> _resume = Define.Text("--resume", "DIR", "continue a comparison: complete runs are kept");

    internal CompareCommand()
        : base("compare", "ways of adapting, side by side: which one pays")
        => Takes(_configs, _data, _base, _baseData, _seeds, _minutes, _epochs, _fractions, _out, _overwrite, _resume);

    internal override string SettingsName => "key=value";

    internal override IReadOnlyList<string> Forms =>
    [
        "CONFIG... --data DATA --base RUN|FILE [--minutes M | --epochs E] [--fractions LIST] [--out DIR] [key=value ...]",
        "--resume DIR",
    ];

    internal override string Notes => """
        Trains every strategy from one base for the same time, with several seeds, and writes a page, a table and JSON: quality with 95 %
        intervals over images and seeds, paired differences to the first strategy, cost of training and of the result, whether the merge
        is exact, and what to take, with how sure that is. What frozen parts give is kept and shared between runs. Ctrl+C saves; --resume
        continues after any interruption. key=value settings count for every strategy. Several processes (graft launch) take whole runs.
        """;

    protected override bool UsesAllProcessors => true;

    internal override bool RunsInRanks => true;

    protected override int Run(Arguments arguments, Output output)
    {
        CancellationToken stop = Interruption.StopOrderly();
        string? folder = arguments.Value(_resume) ?? arguments.Value(_out);
        CompareRequest? request = arguments.Has(_resume) ? null : Request(arguments);
        Refuse(arguments);
        try
        {
            CompareResult? result = output.Track(progress =>
            {
                CompareProgress observer = new(output, progress);
                return Group is not { } group ? request is null ? StrategyComparison.Continue(folder!, observer, stop) : StrategyComparison.Run(request, observer, stop)
                    : request is null ? StrategyComparison.ContinueTogether(folder!, observer, group, stop) : StrategyComparison.RunTogether(request, observer, group, stop);
            });
            if (result is not null)
            {
                CompareOutput.Print(result, output);
            }

            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output.Note("Stopped; complete runs and the run in progress are saved. Continue with: graft compare --resume " + (folder ?? "DIR, the newest folder in runs/compare"));
            return Interruption.ExitCode;
        }
    }

    private CompareRequest Request(Arguments arguments)
    {
        string[] configs = arguments.Value(_configs) ?? [];
        if (configs.Length < 2)
        {
            throw Arguments.Wrong($"{(configs.Length == 0 ? "CONFIG is" : "A second CONFIG is")} missing: a comparison has at least two strategies.", "For instance: graft compare adapt/early adapt/head --data DATA --base base");
        }

        if (arguments.Has(_minutes) && arguments.Has(_epochs))
        {
            throw Arguments.Wrong("--minutes and --epochs are both given.", "Equal minutes compare what a strategy gives for its time, equal epochs what it gives for the same images: give one of them.");
        }

        double[] fractions = arguments.Has(_fractions) ? arguments.Value(_fractions) ?? [] : [1];
        if (fractions.Length == 0 || fractions.Any(share => share is not (> 0 and <= 1)) || fractions.Distinct().Count() < fractions.Length)
        {
            throw Arguments.Wrong("--fractions must be different numbers above 0 and up to 1.", "For instance: --fractions 0.1,0.3,1");
        }

        return new CompareRequest(configs, Required(arguments, _data), Required(arguments, _base))
        {
            BaseData = arguments.Value(_baseData),
            Seeds = arguments.Value(_seeds),
            Minutes = arguments.Has(_epochs) ? null : arguments.Value(_minutes) ?? DefaultMinutes,
            Epochs = arguments.Value(_epochs),
            Fractions = fractions,
            Folder = arguments.Value(_out),
            Overwrite = arguments.Value(_overwrite),
            Settings = arguments.Overrides,
            Command = Typed,
        };
    }

    private void Refuse(Arguments arguments)
    {
        if (arguments.Value(_overwrite) && !arguments.Has(_out))
        {
            throw Arguments.Wrong("--overwrite replaces the comparison in --out, which is missing.", "Give --out DIR, or leave --overwrite out: the results get a numbered folder.");
        }

        if (arguments.Has(_resume) && arguments.Value(_configs) is [{ } config, ..])
        {
            throw Arguments.Wrong($"{config} does not go with --resume, which continues a comparison as it was planned.", "Leave the strategies out, or start a new comparison without --resume.");
        }

        if (arguments.Has(_resume) && new Option[] { _data, _base, _baseData, _seeds, _minutes, _epochs, _fractions, _out, _overwrite }.FirstOrDefault(arguments.Has) is { Name: string option })
        {
            throw Arguments.Wrong($"{option} does not go with --resume, which continues a comparison as it was planned.", $"Leave {option} out, or start a new comparison without --resume.");
        }
    }

    private static string Required(Arguments arguments, Option<string?> option)
        => arguments.Value(option) ?? throw Arguments.Wrong($"{option.Name} is missing.", $"graft compare CONFIG... --data DATA --base RUN; the built-in model is --base base.");
}
