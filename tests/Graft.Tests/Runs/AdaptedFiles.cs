using Graft.Adapters;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;
using Graft.Runs;
using Graft.Tests.Rewriting;

namespace Graft.Tests.Runs;

/// <summary>A small base with an adapter of its own, as files.</summary>
internal sealed class AdaptedFiles
{
    internal static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);

    /// <summary>Writes the base, the base without configuration and class names, and a LoRA for both.</summary>
    internal AdaptedFiles(TemporaryFolder folder)
    {
        RunConfig config = new() { Model = RandomNetworks.Small, Train = new() { Imgsz = 64 } };
        Base = folder.At("base.safetensors");
        Plain = folder.At("plain.safetensors");
        Adapter = folder.At("adapter.safetensors");
        Config = folder.Write("small.yaml", ConfigWriter.ToYaml(config));
        using IDetector detector = DetectorFactory.Create(config.Model, Words);
        RandomNetworks.Shake(detector.Network);
        Checkpoint.Write(Base, detector, Words, config);
        SafeTensorsWriter.Write(Plain, Checkpoint.Tensors(detector.Network, Words with { Embeddings = null }));
        AttachedAdapters attached = Tuning.Apply(detector, config with
        {
            Tuning = new TuningOptions { Adapters = [new LoraOptions { Rank = 4, Alpha = 4, At = ["neck.out", "head.reg"] }] },
        })!;
        foreach (PlannedAdapter planned in attached.Adapters)
        {
            RandomNetworks.Shake(planned.Adapter);
        }

        AdapterFile.Save(Adapter, attached, Words);
    }

    /// <summary>A file of Graft.</summary>
    internal string Base { get; }

    /// <summary>The same weights alone.</summary>
    internal string Plain { get; }

    /// <summary>The adapter file.</summary>
    internal string Adapter { get; }

    /// <summary>The configuration of the weights alone.</summary>
    internal string Config { get; }
}
