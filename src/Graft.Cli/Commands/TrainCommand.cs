using System.Text.Json.Nodes;
using Graft.Cli.Rendering;
using Graft.Configuration;
using Graft.Runs;
using Graft.Torch;
using Graft.Training;

namespace Graft.Cli.Commands;

/// <summary>graft train CONFIG: trains, and leaves a run folder.</summary>
internal sealed class TrainCommand : Command
{
    internal override string Name => "train";

    internal override string Summary => "train a detector, or adapt a frozen one";

    internal override string Usage => """
        graft train CONFIG [--data DATA] [--base FILE|RUN] [--work-dir DIR [--overwrite] | --project DIR --name NAME] [key=value ...]
        graft train --resume [RUN] [--data DATA] [key=value ...]

        DATA is a YOLO data.yaml or a folder with COCO files. Ctrl+C saves, and --resume goes on as if it had never stopped; without RUN it
        takes the newest run that is not finished. A --work-dir that holds a run is refused unless --overwrite replaces that run.
        """;

    protected override string[] Options => ["data=", "base=", "resume=?", "work-dir=", "project=", "name=", "overwrite"];

    protected override int Run(Arguments arguments, Output output)
    {
        TorchRuntime.Threads = arguments.Integer("threads", Environment.ProcessorCount);
        List<string> overrides = [.. arguments.Overrides];
        overrides.AddRange(arguments.Value("data") is { } data ? [$"data.root={data}"] : []);
        overrides.AddRange(arguments.Value("seed") is { } seed ? [$"train.seed={seed}"] : []);
        Resumption? resume = Resumed(arguments, overrides, output);
        string source = resume?.Folder.Arguments ?? ConfigFinder.Resolve(Source(arguments));
        Config<RunConfig> config = ConfigFile.Load<RunConfig>(source, overrides);
        TrainingRequest request = new()
        {
            Command = string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("graft")),
            ConfigFolder = Path.GetDirectoryName(Path.GetFullPath(source)),
            Base = Base(arguments.Value("base")),
            Project = Project(arguments),
            Name = arguments.Value("name") ?? "train",
            WorkDir = arguments.Value("work-dir"),
            Overwrite = arguments.Has("overwrite"),
            Resume = resume,
        };

        using Interruption stop = new();
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
        TrainingResult result = run.Run(new TrainingProgress(output, config.Value.Train.Epochs), stop.Token);
        Remark();
        Report(result, output);
        Places(result.Folder, output);
        return result.End == TrainingEnd.Interrupted ? stop.ExitCode : 0;

        void Remark()
        {
            remarks.Say("train", run.Data.Train);
            remarks.Say("val", run.Data.Val);
        }
    }

    private static string Project(Arguments arguments) => arguments.Value("project") ?? "runs/detect";

    private static string Source(Arguments arguments)
    {
        if (arguments.Has("overwrite") && !arguments.Has("work-dir"))
        {
            throw Arguments.Wrong("--overwrite replaces the run in --work-dir, which is missing.", "Give --work-dir DIR, or leave --overwrite out: the new run gets a folder of its own.");
        }

        return arguments.Targets.Count > 0
            ? arguments.Target("CONFIG")
            : throw Arguments.Wrong("CONFIG is missing.", $"For classes of your own: graft train start/scratch --data {arguments.Value("data") ?? "DATA"}");
    }

    /// <summary>The run that --resume means: its value, the folder that --work-dir or --name names, or the newest unfinished one.</summary>
    private static Resumption? Resumed(Arguments arguments, IReadOnlyList<string> overrides, Output output)
    {
        if (!arguments.Has("resume"))
        {
            return null;
        }

        foreach (string option in new[] { "overwrite", "base" }.Where(arguments.Has))
        {
            throw Arguments.Wrong($"--{option} does not go with --resume, which continues a run with its own weights.", $"Leave --{option} out, or leave --resume out to start a new run.");
        }

        if (arguments.Value("resume") is not null && arguments.Has("work-dir"))
        {
            throw Arguments.Wrong("--resume RUN and --work-dir both name a run folder.", "A resumed run stays in its folder: leave --work-dir out.");
        }

        string? folder = RunOf(arguments.Value("resume")) ?? arguments.Value("work-dir") ?? (arguments.Value("name") is { } name ? Path.Combine(Project(arguments), name) : null);
        Resumption resume = folder is null ? Resumption.Newest(Project(arguments), overrides) : Resumption.Open(RunFolder.Open(folder));
        if (arguments.Targets.Count > 0)
        {
            output.Notes([$"{string.Join(", ", arguments.Targets)} is not read: --resume continues with {resume.Folder.Arguments}."]);
        }

        return resume;
    }

    /// <summary>The run folder of a file in it, such as weights/last.safetensors: other tools resume from a file.</summary>
    private static string? RunOf(string? target)
    {
        if (!File.Exists(target) || Path.GetDirectoryName(Path.GetFullPath(target)) is not { } folder)
        {
            return target;
        }

        return Path.GetFileName(folder) == "weights" ? Path.GetDirectoryName(folder) : folder;
    }

    /// <summary>Where the files of the run are that people look for.</summary>
    private static void Places(RunFolder folder, Output output)
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

    private static string? Base(string? target)
        => target is not null && Directory.Exists(target) ? TrainedModel.FileOf(target) : target;

    /// <summary>The best epoch, or where the weights are when nothing could be measured.</summary>
    private static string Outcome(TrainingResult result)
        => result.State.Measured
            ? $"Best: mAP50 {result.State.BestMap50:f4}, mAP {result.State.BestMap:f4} in epoch {result.State.BestEpoch + 1}"
            : $"No epoch was measured (mAP is undefined without a true box), so none is best; the last weights: {result.Folder.Last}";

    private static void Report(TrainingResult result, Output output)
    {
        TrainingState state = result.State;
        output.Line(result.End switch
        {
            TrainingEnd.Interrupted => $"Stopped in epoch {state.Epoch + 1}, step {state.StepInEpoch}; saved. Go on with: graft train --resume {result.Folder.Path}",
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
        });
    }
}
