using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Peft;

namespace Graft.Cli.Commands;

/// <summary>graft peft combine ADAPTER...: one adapter of several.</summary>
internal sealed class PeftCombineCommand : CliCommand
{
    private readonly Argument<string[]> _adapters = Define.Targets("ADAPTER", "folders of adapters");
    private readonly Option<double[]?> _weights = Define.Numbers("--weights", "W,W,...", "weight of each adapter", required: true);
    private readonly Option<string> _out = OutFile.Option("DIR", "the folder of the result");
    private readonly Option<CombinationMethod?> _method = Define.Choice<CombinationMethod>(
        "--method", "cat (without it) and svd give the weighted sum; the others are PEFT's recipes", '-');

    private readonly Option<int?> _rank = Define.Integer(
        "--rank", "N", "rank of the result, where the method chooses one", new NumberRange(1, int.MaxValue));
    private readonly Option<double> _density = Define.Number(
        "--density", "D", "share of the parameters that the pruning methods keep", new NumberRange(0, 1, LowExclusive: true), 1);

    private readonly Option<bool> _electByCount = Define.Flag("--elect-by-count", "ties: elect signs by count instead of by sum");

    internal PeftCombineCommand()
        : base("combine", "one adapter of several")
        => Takes(_adapters, _weights, _out, _method, _rank, _density, _electByCount);

    protected override int Run(Arguments arguments, Output output)
    {
        CombinationOptions options = new()
        {
            Method = arguments.Value(_method) ?? CombinationMethod.Cat,
            Weights = arguments.Value(_weights)!,
            Rank = arguments.Value(_rank),
            Density = arguments.Value(_density),
            ElectByCount = arguments.Value(_electByCount),
            Seed = arguments.Value(Common.Seed) ?? 0,
        };
        string[] folders = arguments.Value(_adapters)!;
        using PeftAdapters adapters = PeftAdapters.Open(folders);
        CombinationReport report = Combination.Write(adapters.All, OutFile.Folder(arguments, _out, folders), options);
        output.Line(report.ToString());
        output.Result(report.ToJson());
        return 0;
    }
}
