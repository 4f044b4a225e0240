using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft merge RUN --out FILE: merges adapters into the weights, with a proof; exit code 6 and no file when not exact.</summary>
internal sealed class MergeCommand : CliCommand
{
    private readonly Argument<string> _model = Define.Target("RUN|FILE", "an adapted run; with --adapter the base: a run folder or a weight file");
    private readonly Option<string> _out = OutFile.Option("FILE", "file of the merged model");
    private readonly Option<string?> _adapter = Define.Text(
        "--adapter", "FILE", "an adapter file for the base; the result has the adapter's classes");
    private readonly Option<double?> _tolerance = Define.Number(
        "--tolerance", "REL", "largest relative difference that counts as exact", new NumberRange(0, 1));
    private readonly Option<bool> _fold = Define.Flag("--fold", "fold norms into convolutions too; the keys then differ from the official ones");
    private readonly Option<bool> _completely = Define.Flag("--completely", "refuse when any part of an adapter cannot be merged");
    private readonly Option<string?> _config = Define.Text("--config", "CONFIG", "the configuration of a weight file that contains none");

    internal MergeCommand()
        : base("merge", "merge adapters into the weights, proven exact or refused")
        => Takes(_model, _out, _adapter, _tolerance, _fold, _completely, _config);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        Plain LoRA merges completely; other adapters keep their nonlinear part in its cheapest exact form, and the report gives its
        cost. When the merged model is not exact, nothing is written and the exit code is 6.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string source = arguments.Value(_model)!, target = OutFile.Of(arguments, _out, source, arguments.Value(_adapter));
        string? config = arguments.Value(_config);
        using TrainedModel model = arguments.Value(_adapter) is { } adapter
            ? TrainedModel.OpenAdapted(source, adapter, arguments.Overrides, config)
            : TrainedModel.Open(source, arguments.Overrides, config: config);
        RewriteReport report = ModelRewriting.Merge(
            model, target, arguments.Value(_completely), arguments.Value(_fold), arguments.Value(_tolerance));
        RewriteOutput.Print(report, target, output);
        return 0;
    }
}
