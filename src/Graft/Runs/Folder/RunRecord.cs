using Graft.Configuration;
using Graft.Data;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Classes, data, configuration and program of a run, which a resume compares.</summary>
internal sealed record RunRecord
{
    /// <summary>Class names in label order.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>The training split; null when unknown.</summary>
    public SplitRecord? Train { get; init; }

    /// <summary>The validation split; null when unknown.</summary>
    public SplitRecord? Val { get; init; }

    /// <summary>The resolved configuration as YAML.</summary>
    public string Config { get; init; } = "";

    /// <summary>Folder of the configuration file, against which relative paths of the data are tried.</summary>
    public string? ConfigFolder { get; init; }

    /// <summary>Version and revision of Graft; null when unknown.</summary>
    public string? Revision { get; init; }

    /// <summary>Versions of the native libraries; null when unknown.</summary>
    public string? Libraries { get; init; }

    /// <summary>Threads that one operator may use; 0 when unknown.</summary>
    public int Threads { get; init; }

    /// <summary>Whether the run ended because mAP did not improve.</summary>
    public bool OutOfPatience { get; init; }

    /// <summary>The record of a run that starts or continues.</summary>
    public static RunRecord Of(RunConfig config, DetectionData data, string? configFolder) => new()
    {
        Classes = data.Train.ClassNames,
        Train = SplitRecord.Of(data.Train),
        Val = SplitRecord.Of(data.Val),
        Config = ConfigWriter.ToYaml(config),
        ConfigFolder = configFolder is null ? null : Path.GetFullPath(configFolder),
        Revision = Provenance.Revision(),
        Libraries = TorchRuntime.Versions,
        Threads = TorchRuntime.Threads,
    };

    /// <summary>The configuration.</summary>
    public Config<RunConfig> Parsed() => ConfigFile.Parse<RunConfig>(Config, "the configuration of the run");

    /// <summary>The settings that another record has differently.</summary>
    /// <param name="now">The other.</param>
    public IEnumerable<(string Key, string Before, string Now)> Changes(RunRecord now)
    {
        Dictionary<string, string> old = Parsed().Entries().ToDictionary(entry => entry.Path, entry => entry.Value);
        Dictionary<string, string> current = now.Parsed().Entries().ToDictionary(entry => entry.Path, entry => entry.Value);
        return old.Keys.Union(current.Keys)
            .Select(key => (key, old.GetValueOrDefault(key, "none"), current.GetValueOrDefault(key, "none")))
            .Where(change => change.Item2 != change.Item3);
    }
}
