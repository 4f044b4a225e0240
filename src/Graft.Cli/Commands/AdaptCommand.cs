using System.CommandLine;
using Graft.Adaptation;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft adapt DATA: from labelled images to a verified ONNX file, in a given time.</summary>
internal sealed class AdaptCommand : CliCommand
{
    private const double MostMinutes = 10_000;

    private readonly Argument<string> _data = Define.Target("DATA", "the labelled images: a folder, a YOLO data.yaml, or a COCO file");
    private readonly Option<string?> _words = Define.Text(
        "--words", "\"a,b\"|FILE", "words for the classes, one entry per class in their order; the class names without it");

    private readonly Option<string> _base = Define.Text("--base", "RUN|FILE", "the model to adapt, which reads text; the built-in one without it", BuiltInBase.Name);
    private readonly Option<double> _minutes = Define.Number("--minutes", "N", "minutes for everything, from the check to the page", new NumberRange(0, MostMinutes), 10);
    private readonly Option<string?> _out = Define.Text("--out", "DIR", "folder of the results; runs/adapt/NAME of the data, numbered, without it");
    private readonly Option<bool> _overwrite = Define.Flag("--overwrite", "replace an earlier adaptation in --out");

    internal AdaptCommand()
        : base("adapt", "from labelled images to a verified file")
        => Takes(_data, _words, _base, _minutes, _out, _overwrite);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        Checks the images, measures the base by the words alone, chooses settings for the time, trains, compares, and delivers: the model
        as ONNX, verified in ONNX Runtime; merged; joined with the base, whose words it keeps; and a page. Without a validation split a
        fifth of the images is held out. Every choice is printed with its reason and written as adapt.yaml; key=value settings win over
        what is chosen. The choices follow the measured speed of this machine: graft train adapt.yaml with the same seed gives the same
        run again, where the time does not cut it short. Ctrl+C saves and says how to go on.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        if (arguments.Value(_overwrite) && !arguments.Has(_out))
        {
            throw Arguments.Wrong("--overwrite replaces the adaptation in --out, which is missing.", "Give --out DIR, or leave --overwrite out: the results get a numbered folder.");
        }

        AdaptRequest request = new(arguments.Value(_data)!)
        {
            Words = arguments.Value(_words),
            Base = arguments.Value(_base)!,
            Minutes = arguments.Value(_minutes),
            Folder = arguments.Value(_out),
            Overwrite = arguments.Value(_overwrite),
            Settings = [.. arguments.Overrides, .. arguments.Value(Common.Seed) is { } seed ? [$"train.seed={seed}"] : Array.Empty<string>()],
            Threads = Threads(arguments) ?? Environment.ProcessorCount,
            Command = Typed,
        };
        CancellationToken stop = Interruption.StopOrderly();
        try
        {
            AdaptOutput.Print(output.Track(progress => DataAdaptation.Run(request, new AdaptProgress(output, progress), stop)), output);
            return 0;
        }
        catch (OperationCanceledException error) when (stop.IsCancellationRequested)
        {
            output.Note(error.Message.StartsWith("Stopped", StringComparison.Ordinal) ? error.Message : "Stopped before training began. Nothing was written.");
            return Interruption.ExitCode;
        }
    }
}
