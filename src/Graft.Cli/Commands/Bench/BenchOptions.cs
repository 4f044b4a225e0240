using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Detectors;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>Options of the benches that build a network from a configuration.</summary>
internal sealed class BenchOptions
{
    private const int MostClasses = 100_000, DefaultClasses = 6;

    internal Option<int?> Classes { get; } = Define.Integer("--classes", "N", "classes of the network", new NumberRange(1, MostClasses));

    internal Option<int> Repeat { get; } = RepeatOption();

    internal Argument<string> Config { get; } = Configurations.Argument("the network and its input");

    internal IEnumerable<Symbol> All => [Config, Classes, Repeat];

    internal static Option<int> RepeatOption() => Define.Integer("--repeat", "N", "timed runs; the median counts", new NumberRange(1, int.MaxValue), 20);

    internal RunConfig Load(Arguments arguments) => ConfigFinder.Load(arguments.Value(Config)!, arguments.Overrides).Value;

    /// <summary>How many classes: those of the command line, of the configuration where classes are fixed, or six.</summary>
    internal int Count(Arguments arguments, RunConfig config) => arguments.Value(Classes) ?? (config.Model.TextWidth is null ? config.Model.Classes : DefaultClasses);

    /// <summary>Class names with stand-in embeddings, as wide as the network takes them.</summary>
    internal static Vocabulary Words(int count, RunConfig config)
        => Vocabulary.StandIn([.. Enumerable.Range(1, count).Select(number => $"class {number}")], config.Model.TextWidth ?? 0);
}
