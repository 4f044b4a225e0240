namespace Graft.Files.Tests;

/// <summary>An endless, reproducible series of damaged files for one reader.</summary>
internal sealed class FuzzRun
{
    /// <summary>The readers; "pickle in a zip" damages only the pickle of a valid archive, so that the pickle reader is reached.</summary>
    internal static readonly string[] Readers = ["torch zip", "pickle in a zip", "legacy", "safetensors", "npy", "npz", "onnx", "index"];

    private readonly string _reader;
    private readonly bool _repacks;
    private readonly byte[][] _seeds;
    private readonly Mutations _mutations;
    private int _files;

    /// <summary>Prepares the valid files to damage.</summary>
    internal FuzzRun(string reader, int seed)
    {
        _reader = reader;
        _repacks = reader == "pickle in a zip";
        _seeds = FuzzSeeds.For(_repacks ? "torch zip" : reader);
        _mutations = new Mutations(seed, _repacks ? [.. _seeds.Select(FuzzSeeds.Pickle)] : _seeds);
    }

    /// <summary>The file in progress, for a watchdog.</summary>
    internal byte[] Current { get; private set; } = [];

    /// <summary>Damages the next file and reads it, with both policies in turn.</summary>
    internal FuzzTrial Next()
    {
        byte[] damaged = _mutations.Next();
        Current = _repacks ? FuzzSeeds.Repack(_seeds[_mutations.Seed], damaged) : damaged;
        return FuzzTrial.Of(_reader, Current, _files++ % 2 == 0 ? WeightPolicy.Skip : WeightPolicy.Strict);
    }
}
