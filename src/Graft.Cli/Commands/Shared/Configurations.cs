using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>The argument CONFIG: completion offers the short names of the configurations that come with Graft.</summary>
internal static class Configurations
{
    private const string Forms = "a YAML file, a short name such as yolo_world/v2_n, or the last part of one: v2_n";

    internal static Argument<string> Argument(string description) => Completed(Define.Target("CONFIG", $"{description}: {Forms}"));

    internal static Argument<string?> OptionalArgument(string description) => Completed(Define.OptionalTarget("CONFIG", $"{description}: {Forms}"));

    /// <summary>Any number of configurations.</summary>
    internal static Argument<string[]> Any(string description) => Completed(Define.Targets("CONFIG", $"{description}: {Forms}", least: 0));

    /// <summary>Models, among which configurations may be.</summary>
    internal static Argument<string[]> Among(string name, string description) => Completed(Define.Targets(name, description));

    private static Argument<T> Completed<T>(Argument<T> argument)
    {
        argument.CompletionSources.Add(_ => ConfigFinder.List().Select(ConfigFinder.ShortName));
        return argument;
    }
}
