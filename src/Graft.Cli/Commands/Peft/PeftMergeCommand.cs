using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Peft;

namespace Graft.Cli.Commands;

/// <summary>graft peft merge, unmerge: adapters merged into a base file, or unmerged from it.</summary>
internal sealed class PeftMergeCommand : CliCommand
{
    private readonly bool _unmerge;
    private readonly CheckpointOptions _checkpoint = new();
    private readonly Argument<string> _file;
    private readonly Argument<string[]> _adapters;
    private readonly Option<string> _out = OutFile.Option("FILE", "file of the result");
    private readonly Option<bool> _allowMissing = Define.Flag("--allow-missing", "accept an adapter without tensors for some of its targets");
    private readonly Option<bool> _resizeEmbeddings = Define.Flag(
        "--resize-embeddings", "resize embeddings to the number of rows of the adapter");

    internal PeftMergeCommand(bool unmerge)
        : base(unmerge ? "unmerge" : "merge", unmerge ? "unmerge adapters from a base" : "merge adapters into a base")
    {
        _unmerge = unmerge;
        _file = unmerge ? Define.Target("MERGED", "a base into which the adapters were merged") : Define.Target("BASE", "the base, a weight file");
        _adapters = Define.Targets("ADAPTER", unmerge ? "folders of adapters" : "folders of adapters; without any, the LoRA inside the checkpoint", unmerge ? 1 : 0);
        Takes([_file, _adapters, _out, _allowMissing, _resizeEmbeddings, .. _checkpoint.All]);
    }

    protected override int Run(Arguments arguments, Output output)
    {
        string path = arguments.Value(_file)!;
        string[] folders = arguments.Value(_adapters)!;
        string target = OutFile.Of(arguments, _out, [path, .. folders]);
        using WeightFile file = WeightFile.Open(path);
        CheckpointLayout layout = _checkpoint.Layout(arguments, file);
        using PeftAdapters adapters = folders.Length > 0 ? PeftAdapters.Open(folders) : PeftAdapters.Inside(file, layout);
        PeftMergeReport report = PeftMerge.Write(file, adapters.All, target, new PeftMergeOptions
        {
            Prefix = layout.Prefix,
            Owner = layout.Owner,
            Unmerge = _unmerge,
            ResizeEmbeddings = arguments.Value(_resizeEmbeddings),
            AllowMissing = arguments.Value(_allowMissing),
        });
        output.Line(report.ToString());
        output.Result(report.ToJson());
        return 0;
    }
}
