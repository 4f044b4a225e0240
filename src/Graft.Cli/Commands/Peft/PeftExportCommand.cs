using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Peft;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft peft export: a LoRA as a PEFT folder, from a checkpoint or from an adapter file of Graft.</summary>
internal sealed class PeftExportCommand : CliCommand
{
    private readonly CheckpointOptions _checkpoint = new();
    private readonly Argument<string> _source = Define.Target(
        "CHECKPOINT|BASE", "a checkpoint with a LoRA inside; with --adapter its base: a run folder or a weight file");
    private readonly Option<string> _out = OutFile.Option("DIR", "the adapter's folder");
    private readonly Option<string?> _adapter = Define.Text("--adapter", "FILE", "a LoRA of Graft; proven to give the merged weights");
    private readonly Option<bool> _allowMissing = Define.Flag("--allow-missing", "accept a LoRA without tensors for some of its targets");

    internal PeftExportCommand()
        : base("export", "write a LoRA as a PEFT folder: the one inside a checkpoint, or one of Graft")
        => Takes([_source, _out, _adapter, _allowMissing, .. _checkpoint.All]);

    protected override int Run(Arguments arguments, Output output)
    {
        string source = arguments.Value(_source)!, folder = OutFile.Folder(arguments, _out, source, arguments.Value(_adapter));
        PeftExport.Report? report = null;
        if (arguments.Value(_adapter) is { } adapter)
        {
            using TrainedModel plain = TrainedModel.Open(source, []);
            using AdapterFile file = AdapterFile.Open(adapter);
            report = PeftExport.Write(plain, file, folder);
        }
        else
        {
            using WeightFile file = WeightFile.Open(source);
            CheckpointLora.Export(file, _checkpoint.Layout(arguments, file), folder, arguments.Value(_allowMissing));
        }

        using PeftAdapter written = PeftAdapter.Open(folder);
        JsonObject result = PeftOutput.Describe(written, output);
        result["output"] = folder;
        if (report is not null)
        {
            output.Line($"{Counted.Of(report.Pairs.Count, "layer")} with pairs of matrices, {report.Whole.Count} saved whole; merged weights within {report.MaxRelative:g2}: {folder}");
            result["max_rel"] = report.MaxRelative;
            result["whole"] = new JsonArray([.. report.Whole.Select(name => (JsonNode)name)]);
        }

        output.Result(result);
        return 0;
    }
}
