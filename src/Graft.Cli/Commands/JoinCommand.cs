using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft join BASE ADAPTER|RUN... --out FILE: a base and its adapted models in one file, with a proof; exit code 6 and no file when not exact.</summary>
internal sealed class JoinCommand : CliCommand
{
    private readonly PromptOptions _prompts = new();
    private readonly Argument<string> _base = Define.Target("BASE", "the base: a run folder or a weight file");
    private readonly Argument<string[]> _branches = Define.Targets(
        "ADAPTER|RUN", "adapter files of the base; run folders or weight files of models that were adapted from it");

    private readonly Option<string> _out = OutFile.Option("FILE", "file of the joined model");
    private readonly Option<string[]> _rename = Define.Repeated(
        "--rename", "MEMBER:OLD=NEW", "another name for a class; a member is called base, or after its run folder or file");

    private readonly Option<bool> _prefix = Define.Flag("--prefix", "name the classes of each branch BRANCH/CLASS");

    internal JoinCommand()
        : base("join", "a base and its adapted models in one, nothing forgotten, proven exact or refused")
        => Takes([_base, _branches, _out, _rename, _prefix, .. _prompts.All]);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        What no member changed runs once; then the base answers for its own classes and each branch for its own, bit for bit as each does
        alone. When one does not, nothing is written and the exit code is 6. val and predict take the file like any other model. Prompts
        that are given to it then go to the base, except the classes of the branches.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string plain = arguments.Value(_base)!;
        string[] branches = arguments.Value(_branches)!;
        string target = OutFile.Of(arguments, _out, [plain, .. branches]);
        PromptRequest prompts = _prompts.Request(arguments, arguments.Overrides);
        JoinReport report = ModelJoin.Run(
            new JoinRequest(plain, branches)
            {
                Prompts = ModelPrompts.Of(plain, prompts),
                Config = prompts.Config,
                Settings = prompts.Settings,
                Renames = arguments.Value(_rename) ?? [],
                Prefix = arguments.Value(_prefix),
            },
            target);
        JoinOutput.Print(report, target, output);
        return 0;
    }
}
