using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Data;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft reparam FILE --prompts EMB.npy --out FILE: bakes text into convolutions, with a proof.</summary>
internal sealed class ReparamCommand : CliCommand
{
    private readonly PromptOptions _prompts = new();
    private readonly Argument<string> _model = Define.Target("RUN|FILE", "a YOLO-World v2 model: a run folder or a weight file");
    private readonly Option<string> _out = OutFile.Option("FILE", "file of the model: .safetensors, or .pth for the original tools");
    private readonly Option<string> _neck = Define.Choice("--neck", "bake the text into the neck too, or keep its attention", "conv", "keep");
    private readonly Option<string?> _data = DataChoice.Option();
    private readonly Option<bool> _fold = Define.Flag("--fold", "fold norms into convolutions too");
    private readonly Option<bool> _allowStandIns = Define.Flag("--allow-stand-ins", "bake prompts that are stand-ins without meaning for the model");

    internal ReparamCommand()
        : base("reparam", "bake prompts into convolutions, with a proof")
        => Takes([_model, _out, .. _prompts.All, _prompts.Classes, _data, _neck, _fold, _allowStandIns]);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        Without --prompts the prompts of the file are baked in; with --classes the classes of the run's data, in this order, with the
        prompts of the data.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string source = arguments.Value(_model)!;
        string target = OutFile.Of(arguments, _out, source, arguments.Value(_prompts.Prompts), arguments.Value(_prompts.Embeddings));
        List<string> overrides = DataChoice.Settings(arguments, _data);
        PromptRequest prompts = _prompts.Request(arguments, overrides);
        Vocabulary? vocabulary = arguments.Has(_prompts.Classes) ? ModelPrompts.OfClasses(source, prompts, DataSplit.Train) : ModelPrompts.Of(source, prompts);
        using TrainedModel model = TrainedModel.Open(source, overrides, vocabulary, prompts.Config);
        RewriteReport report = ModelRewriting.Bake(
            model, target, arguments.Value(_neck) != "keep", arguments.Value(_fold), arguments.Value(_allowStandIns), note => output.Notes([note]));
        RewriteOutput.Print(report, target, output);
        return 0;
    }
}
