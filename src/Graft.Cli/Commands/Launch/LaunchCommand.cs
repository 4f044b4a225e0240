using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch.Distributed;

namespace Graft.Cli.Commands;

/// <summary>graft launch --nproc N -- COMMAND: starts the processes of one machine that run a command together, as torchrun does.</summary>
internal sealed class LaunchCommand : CliCommand
{
    private const int MostProcesses = 1024, MostNodes = 10_000;

    private readonly Argument<string[]> _command = Define.Targets("COMMAND", "train, val or compare with its arguments, after --");
    private readonly Option<int> _processes = Define.RequiredInteger("--nproc", "N", "processes on this machine", new NumberRange(1, MostProcesses));
    private readonly Option<int> _nodes = Define.Integer("--nnodes", "N", "machines that run it", new NumberRange(1, MostNodes), 1);
    private readonly Option<int> _node = Define.Integer("--node-rank", "N", "number of this machine, from 0", new NumberRange(0, MostNodes), 0);
    private readonly Option<string?> _host = Define.Text("--master-addr", "HOST", "the machine with number 0; with --nnodes");
    private readonly Option<int?> _port = Define.Integer("--master-port", "PORT", "TCP port on that machine; a free one for one machine", new NumberRange(1, ushort.MaxValue));
    private readonly Option<int> _join = Define.Integer("--join-timeout", "SECONDS", "how long to wait for all processes", new NumberRange(1, 1_000_000), 300);

    internal LaunchCommand()
        : base("launch", "several processes, on one machine or more, that run train, val or compare together")
        => Takes(_command, _processes, _nodes, _node, _host, _port, _join);

    internal override IReadOnlyList<string> Forms =>
    [
        "--nproc N -- COMMAND ...",
        "--nproc N --nnodes M --node-rank K --master-addr HOST [--master-port PORT] -- COMMAND ...",
    ];

    internal override string Notes => """
        Each process gets torchrun's environment variables: RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR and MASTER_PORT.
        torchrun, srun and Kubernetes start the command without graft launch: docs/scale.md. Rank 0 prints and writes; a process that
        fails or is lost stops the others within ten seconds.
        """;

    protected override bool UsesLibtorch(Arguments arguments) => false;

    protected override int Run(Arguments arguments, Output output)
    {
        string[] words = arguments.Value(_command)!;
        if (CommandTree.Find(words[0]) is not CliCommand { RunsInRanks: true })
        {
            throw Arguments.Wrong($"graft {words[0]} runs in one process; several can run {string.Join(" and ", Together())} together.");
        }

        int nodes = arguments.Value(_nodes), node = arguments.Value(_node), local = arguments.Value(_processes);
        if (node >= nodes)
        {
            throw Arguments.Wrong($"--node-rank is {node}, expected 0 to {nodes - 1}: --nnodes is {nodes}.", "Number the machines from 0.");
        }

        if (nodes > 1 && !arguments.Has(_host))
        {
            throw Arguments.Wrong("--master-addr is missing, the machine with --node-rank 0.", "Give its name or address on every machine.");
        }

        Dictionary<string, string> common = new()
        {
            ["WORLD_SIZE"] = $"{nodes * local}",
            ["LOCAL_WORLD_SIZE"] = $"{local}",
            ["MASTER_ADDR"] = arguments.Value(_host) ?? "127.0.0.1",
            ["MASTER_PORT"] = $"{arguments.Value(_port) ?? (nodes == 1 ? RankProcesses.FreePort() : ProcessRank.DefaultPort)}",
            ["GRAFT_JOIN_TIMEOUT"] = $"{arguments.Value(_join)}",
        };
        using RankProcesses processes = new(words, common, first: node * local, local);
        CancellationToken stop = Interruption.StopOrderly();
        using CancellationTokenRegistration forward = stop.Register(() => processes.Signal(Interruption.ExitCode));
        return processes.Wait();
    }

    private static IEnumerable<string> Together() => CommandTree.Nodes.OfType<CliCommand>().Where(command => command.RunsInRanks).Select(command => command.Name);
}
