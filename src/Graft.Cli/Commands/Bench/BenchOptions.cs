using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.CommandLine;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>Options of the benches that build a network from a configuration.</summary>
internal sealed class BenchOptions
{
    private const int MostClasses = 100_000;

    internal Option<int?> Classes { get; } = ClassesOption();

    internal Option<int> Repeat { get; } = RepeatOption();

    internal Argument<string> Config { get; } = Configurations.Argument("the network and its input");

    internal IEnumerable<Symbol> All => [Config, Classes, Repeat];

    internal static Option<int?> ClassesOption() => Define.Integer("--classes", "N", "classes of the network", new NumberRange(1, MostClasses));

    internal static Option<int> RepeatOption() => Define.Integer("--repeat", "N", "timed runs; the median counts", new NumberRange(1, int.MaxValue), 20);

    internal RunConfig Load(Arguments arguments) => ConfigFinder.Load(arguments.Value(Config)!, arguments.Overrides).Value;

    /// <summary>The fields of a speed.</summary>
    internal static JsonObject ToJson(Bench.Speed speed) => new()
    {
        ["peak_gflops"] = speed.Peak,
        ["gflops"] = speed.Gflops,
        ["share_of_peak"] = speed.Share,
        ["ms"] = speed.Milliseconds,
        ["images_per_second"] = speed.ImagesPerSecond,
        ["threads"] = TorchRuntime.Threads,
    };
}
