using System.CommandLine;
using Graft.Checks;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

namespace Graft.Cli.Commands;

/// <summary>graft check DATA: what is wrong with a data set, as text, JSON and a page; a repaired copy on request.</summary>
internal sealed class CheckCommand : CliCommand
{
    private readonly Argument<string> _data = Define.Target("DATA", "the data set: a folder, a YOLO data.yaml, or a COCO file");
    private readonly Option<string?> _model = Define.Text(
        "--model", "RUN|FILE", "a model that was trained on such data: boxes that it finds and the labels lack, and the reverse");
    private readonly Option<string?> _out = Define.Text("--out", "DIR", "folder of the page; runs/check/NAME of the data without it");
    private readonly Option<string?> _fix = Define.Text("--fix", "DIR", "write a repaired copy of the data into a new folder");
    private readonly Option<bool> _overwrite = Define.Flag("--overwrite", "with --fix: replace an earlier repaired copy");

    internal CheckCommand()
        : base("check", "what is wrong with a data set, and a repaired copy of it")
        => Takes(_data, _model, _out, _fix, _overwrite);

    internal override string SettingsName => "data.KEY=VALUE";

    internal override string Notes => """
        Looks for unreadable, missing and duplicate images, images that are in both splits, wrong, tiny, huge, duplicate and conflicting
        boxes, and classes that lack boxes or have confusable names. Prints errors, warnings and remarks, and writes a page with a sheet of
        boxes per class. The exit code is 3 when there is an error, else 0; with --fix it is that of DATA, not of the copy. DATA is never
        changed: --fix copies images and writes COCO files without what it can repair.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        if (arguments.Value(_overwrite) && !arguments.Has(_fix))
        {
            throw Arguments.Wrong("--overwrite needs --fix: the folder of the copy.");
        }

        CheckRequest request = new(CheckSettings.Of(arguments.Value(_data)!, arguments.Overrides))
        {
            Model = arguments.Value(_model),
            Embed = BuiltInEncoder.Embed,
            Fix = arguments.Value(_fix),
            Overwrite = arguments.Value(_overwrite),
            Threads = Threads(arguments) ?? Environment.ProcessorCount,
        };
        CancellationToken stop = Interruption.StopOrderly();
        CheckReport report;
        try
        {
            report = output.Track(progress => DataCheck.Run(request, (done, all) => progress((double)done / all, $"{done}/{Counted.Of(all, "image")}"), stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output.Note("Stopped. Nothing was written.");
            return Interruption.ExitCode;
        }

        string page = CheckPage.Save(report, arguments.Value(_out) ?? Path.Combine("runs", "check", Path.GetFileName(report.Data)));
        CheckOutput.Print(report, page, output);
        return report.HasErrors ? (int)Failure.Data : 0;
    }
}
