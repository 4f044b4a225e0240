using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Configuration;
using Graft.Runs;
using Graft.Torch;
using Graft.Training;

namespace Graft.Cli.Commands;

/// <summary>graft train CONFIG: trains, and writes a run folder.</summary>
internal sealed class TrainCommand : CliCommand
{
    private readonly Argument<string?> _config = Configurations.OptionalArgument("what is trained and how (not with --resume)");
    private readonly Option<string?> _data = Define.Text("--data", "DATA", "a YOLO data.yaml, a folder with COCO files, or a COCO file");
    private readonly Option<string?> _base = Define.Text("--base", "RUN|FILE", "the model that training starts from");
    private readonly Option<string?> _resume = Define.OptionalText(
        "--resume", "RUN", "continue a run: its folder, a file in it, or the newest unfinished one");
    private readonly Option<string?> _workDir = Define.Text("--work-dir", "DIR", "the run folder itself");
    private readonly Option<bool> _overwrite = Define.Flag("--overwrite", "replace the run in --work-dir");
    private readonly Option<string> _project = Define.Text("--project", "DIR", "parent of numbered run folders", "runs/detect");
    private readonly Option<string?> _name = Define.Text("--name", "NAME", "name of numbered run folders; train without it");

    internal TrainCommand()
        : base("train", "train a detector, or adapt a frozen one")
        => Takes(_config, _data, _base, _resume, _workDir, _overwrite, _project, _name);

    internal override string SettingsName => "key=value";

    internal override IReadOnlyList<string> Forms =>
    [
        "CONFIG [--data DATA] [--base RUN|FILE] [--work-dir DIR [--overwrite] | --project DIR --name NAME] [key=value ...]",
        "--resume [RUN] [--data DATA] [key=value ...]",
    ];

    internal override string Notes => """
        Ctrl+C saves, and --resume continues with the same result as without the interruption. A --work-dir that holds a run is refused
        unless --overwrite replaces that run. graft config list shows the configurations, graft config show CONFIG every key and its value.
        """;

    protected override bool UsesAllProcessors => true;

    internal override bool RunsInRanks => true;

    protected override int Run(Arguments arguments, Output output)
    {
        List<string> overrides = [.. arguments.Overrides];
        overrides.AddRange(arguments.Value(_data) is { } data ? [$"data.root={data}"] : []);
        overrides.AddRange(arguments.Value(Common.Seed) is { } seed ? [$"train.seed={seed}"] : []);
        Resumption? resume = Resumed(arguments, overrides, output);
        string source = resume?.Folder.Arguments ?? ConfigFinder.Resolve(Source(arguments));
        Config<RunConfig> config = ConfigFile.Load<RunConfig>(source, overrides);
        output.Notes(config.Ignored);
        TrainingRequest request = new()
        {
            Command = Typed,
            ConfigFolder = Path.GetDirectoryName(Path.GetFullPath(source)),
            Base = arguments.Value(_base),
            Project = arguments.Value(_project)!,
            Name = arguments.Value(_name) ?? "train",
            WorkDir = arguments.Value(_workDir),
            Overwrite = arguments.Value(_overwrite),
            Resume = resume,
            Group = Group,
        };

        using TrainingRun run = new(config.Value, request);
        if (resume is not null)
        {
            output.Line($"resume: {resume.Folder.Path}, {resume.State.Epoch} of {config.Value.Train.Epochs} epochs done");
        }

        output.Line($"train: {run.Data.Train}");
        output.Line($"val:   {run.Data.Val}");
        DataRemarks remarks = new(output, config.Value.Data);
        Remark();
        output.Notes(run.Notes);
        CancellationToken stop = Interruption.StopOrderly();
        TrainingResult result = output.Track(progress => run.Run(new TrainingProgress(output, progress, config.Value.Train.Epochs), stop));
        Remark();
        Report(result, output);
        PrintPaths(result.Folder, output);
        return result.End == TrainingEnd.Interrupted ? Interruption.ExitCode : 0;

        void Remark()
        {
            remarks.Print("train", run.Data.Train);
            remarks.Print("val", run.Data.Val);
        }
    }

    private string Source(Arguments arguments)
    {
        if (arguments.Has(_overwrite) && !arguments.Has(_workDir))
        {
            throw Arguments.Wrong("--overwrite replaces the run in --work-dir, which is missing.", "Give --work-dir DIR, or leave --overwrite out: the new run gets a numbered folder.");
        }

        return arguments.Value(_config)
            ?? throw Arguments.Wrong("CONFIG is missing.", $"For classes of your own: graft train start/scratch --data {arguments.Value(_data) ?? "DATA"}");
    }

    /// <summary>The run to resume: the value of --resume, the folder that --work-dir or --name names, or the newest unfinished one.</summary>
    private Resumption? Resumed(Arguments arguments, IReadOnlyList<string> overrides, Output output)
    {
        if (!arguments.Has(_resume))
        {
            return null;
        }

        if (new Option[] { _overwrite, _base }.FirstOrDefault(arguments.Has) is { Name: string option })
        {
            throw Arguments.Wrong($"{option} does not go with --resume, which continues a run with its own weights.", $"Leave {option} out, or leave --resume out to start a new run.");
        }

        if (arguments.Value(_resume) is not null && arguments.Has(_workDir))
        {
            throw Arguments.Wrong("--resume RUN and --work-dir both name a run folder.", "A resumed run stays in its folder: leave --work-dir out.");
        }

        string project = arguments.Value(_project)!;
        string? run = arguments.Value(_resume) ?? arguments.Value(_workDir) ?? (arguments.Value(_name) is { } name ? Path.Combine(project, name) : null);
        Resumption resume = Resumption.Find(run, project, overrides);
        if (arguments.Value(_config) is { } config)
        {
            output.Notes([$"{config} is not read: --resume continues with {resume.Folder.Arguments}."]);
        }

        return resume;
    }

    /// <summary>Paths of the main files of the run.</summary>
    private static void PrintPaths(RunFolder folder, Output output)
    {
        foreach ((string what, string path) in new[]
        {
            ("best weights", folder.Best), ("adapter alone", folder.Adapter), ("last weights", folder.Last), ("report", folder.In("report.html")),
        })
        {
            if (File.Exists(path))
            {
                output.Line($"  {what + ":",-14} {path}");
            }
        }
    }

    /// <summary>The best epoch, or the last weights when mAP is undefined.</summary>
    private static string Outcome(TrainingResult result)
        => result.State.Measured
            ? $"Best: mAP50 {result.State.BestMap50:f4}, mAP {result.State.BestMap:f4} in epoch {result.State.BestEpoch + 1}"
            : $"There is no best epoch, since mAP is undefined without ground-truth boxes; the last weights: {result.Folder.Last}";

    private static void Report(TrainingResult result, Output output)
    {
        TrainingState state = result.State;
        output.Line(result.End switch
        {
            TrainingEnd.Interrupted => $"Stopped in epoch {state.Epoch + 1}, step {state.StepInEpoch}; saved. Continue with: graft train --resume {result.Folder.Path}",
            _ => $"{Outcome(result)}; {result.Seconds:f0} s, {result.ImagesPerSecond:f1} images/s.",
        });
        output.Line($"Results: {result.Folder.Path}");
        output.Result(new JsonObject
        {
            ["run"] = result.Folder.Path,
            ["end"] = result.End.ToString().ToLowerInvariant(),
            ["best"] = new JsonObject
            {
                ["map"] = state.Measured ? state.BestMap : null,
                ["map50"] = state.Measured ? state.BestMap50 : null,
                ["epoch"] = state.Measured ? state.BestEpoch + 1 : null,
            },
            ["epochs"] = state.Epoch,
            ["seconds"] = result.Seconds,
            ["images_per_second"] = result.ImagesPerSecond,
            ["peak_memory_mb"] = ProcessMemory.PeakMegabytes(),
            ["trainable"] = result.Summary.Trainable,
            ["total"] = result.Summary.Total,
            ["skipped_steps"] = state.BadSteps,
            ["ranks"] = result.Ranks is { } ranks ? new JsonObject
            {
                ["count"] = ranks.Count,
                ["bytes_per_step"] = ranks.BytesPerStep,
                ["messages_per_step"] = ranks.MessagesPerStep,
                ["wait_seconds_per_step"] = ranks.WaitSecondsPerStep,
                ["synchronised_norms"] = ranks.SynchronisedNorms,
            } : null,
        });
    }
}
