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
        graft train CONFIG [--data DATA] [--base FILE|RUN] [--resume [RUN]] [--work-dir DIR | --project DIR --name NAME] [key=value ...]

        DATA is a YOLO data.yaml or a folder with COCO files. Ctrl+C saves, and --resume goes on as if it had never stopped.
        """;

    protected override string[] Options => ["data=", "base=", "resume=?", "work-dir=", "project=", "name="];

    protected override int Run(Arguments arguments, Output output)
    {
        TorchRuntime.Threads = arguments.Integer("threads", Environment.ProcessorCount);
        string project = arguments.Value("project") ?? "runs/detect";
        RunFolder? resume = arguments.Has("resume") ? RunFolder.Open(arguments.Value("resume"), project) : null;
        List<string> overrides = [.. arguments.Overrides];
        overrides.AddRange(arguments.Value("data") is { } data ? [$"data.root={data}"] : []);
        overrides.AddRange(arguments.Value("seed") is { } seed ? [$"train.seed={seed}"] : []);
        string source = resume?.Arguments ?? ConfigFinder.Resolve(arguments.Target("CONFIG"));
        Config<RunConfig> config = ConfigFile.Load<RunConfig>(source, overrides);
        TrainingRequest request = new()
        {
            Command = string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("graft")),
            ConfigFolder = Path.GetDirectoryName(Path.GetFullPath(source)),
            Base = Base(arguments.Value("base")),
            Project = project,
            Name = arguments.Value("name") ?? "train",
            WorkDir = arguments.Value("work-dir"),
            Resume = resume,
        };

        using Interruption stop = new();
        using TrainingRun run = new(config.Value, request);
        output.Line($"train: {run.Data.Train}");
        output.Line($"val:   {run.Data.Val}");
        DataRemarks remarks = new(output, config.Value.Data);
        Remark();
        output.Notes(run.Notes);
        TrainingResult result = run.Run(new TrainingProgress(output, config.Value.Train.Epochs), stop.Token);
        Remark();
        Report(result, output);
        return result.End == TrainingEnd.Interrupted ? stop.ExitCode : 0;

        void Remark()
        {
            remarks.Say("train", run.Data.Train);
            remarks.Say("val", run.Data.Val);
        }
    }

    private static string? Base(string? target)
        => target is not null && Directory.Exists(target) ? RunFolder.Open(target).Best : target;

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
