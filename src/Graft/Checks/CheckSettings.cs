using Graft.Configuration;
using Graft.Data;

namespace Graft.Checks;

/// <summary>Settings of a check: the <c>data:</c> section of a configuration.</summary>
public sealed record CheckSettings
{
    /// <summary>Where the data is.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Reads <c>data.train=FILE</c> and the like.</summary>
    /// <param name="target">The data set.</param>
    /// <param name="settings">Settings, <c>key=value</c>.</param>
    /// <exception cref="GraftException">Of kind Usage: an unknown key or a value out of range.</exception>
    public static DataOptions Of(string target, IEnumerable<string> settings)
        => ConfigFile.Defaults<CheckSettings>(settings).Value.Data with { Root = target };
}
