namespace Graft.Cli.Tests;

/// <summary>A finished tiny run that tests read but do not change.</summary>
public sealed class TinyRun : IDisposable
{
    public TinyRun() => Result = Data.Train("tiny.yaml", "base", "--json").Succeeds();

    internal TinyData Data { get; } = new();

    /// <summary>The run folder.</summary>
    internal string Folder => Data.At("base");

    /// <summary>Its best weights.</summary>
    internal string Best => Data.At("base", "weights", "best.safetensors");

    /// <summary>The result of the command.</summary>
    internal GraftCli.Result Result { get; }

    public void Dispose() => Data.Dispose();
}
