using Graft.Adapters;
using Graft.Detectors;
using Graft.Export;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Export;

/// <summary>A detector with random weights, exported in one of its forms.</summary>
internal sealed class ExportCase : IDisposable
{
    private ExportCase(IDetector detector, Subject subject) => (Detector, Subject) = (detector, subject);

    /// <summary>The detector as opened.</summary>
    internal IDetector Detector { get; }

    /// <summary>The network that is exported.</summary>
    internal Subject Subject { get; }

    /// <summary>A detector of a configuration: adapters attached, weights far from their initial values.</summary>
    /// <param name="config">Name of the configuration.</param>
    /// <param name="form"><c>kept</c>: as it is; <c>merged</c>: merged and folded; <c>neck-kept</c> and <c>baked</c>: with prompts in the head, and in the
    /// neck too.</param>
    /// <param name="settings">Other settings.</param>
    internal static ExportCase Of(string config, string form, params IEnumerable<string> settings)
    {
        RunConfig options = ConfigFinder.Load(config, settings).Value;
        TorchRuntime.Seed(7);
        IDetector detector = DetectorFactory.Create(options.Model, DetectorFactory.Unnamed(options.Model, withText: true));
        Tuning.Apply(detector, options);
        foreach ((_, _, Layer layer) in ModelCopy.Attached(detector.Network))
        {
            Shake(layer);
        }

        return Rewritten(detector, form);
    }

    /// <summary>A small YOLO-World with adapters.</summary>
    /// <param name="adapter">Kind and settings; empty for none.</param>
    /// <param name="form">As for <see cref="Of(string, string, IEnumerable{string})"/>.</param>
    /// <param name="version">1 or 2.</param>
    internal static ExportCase Small(string adapter, string form, int version = 2)
    {
        string[] parts = adapter.Split(' ');
        AdapterOptions[] adapters = adapter.Length == 0 ? [] : [AdapterOptions.Parse(parts[0], parts[1..]) with { At = ["neck", "head"] }];
        YoloWorld network = MergeAdaptersTests.Adapted(RandomNetworks.Small with { Version = version }, adapters);
        network.To(MemoryFormat.ChannelsLast);
        return Rewritten(new YoloWorldDetector(network, Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24)), form);
    }

    /// <summary>Exports it.</summary>
    internal ExportReport Write(string path, ExportOptions? options = null, Action<ExportedGraph>? change = null) => OnnxExport.Write(
        Detector, Subject, path, options ?? new ExportOptions { Size = new InputSize(1, 64, 96) }, Described(), [], new ExportTolerance(), change);

    /// <summary>What the metadata says.</summary>
    internal ExportDescription Described() => new("case", "yolo_world", "0.1.0", Detector.Names, "noise");

    public void Dispose()
    {
        if (!ReferenceEquals(Subject.Network, Detector.Network))
        {
            Subject.Network.Dispose();
        }

        Detector.Dispose();
    }

    private static ExportCase Rewritten(IDetector detector, string form)
    {
        detector.Network.Train(false);
        Subject subject = Subject.Of(detector);
        if (form != "kept")
        {
            DetectionNetwork network = MergeAdapters.Of(subject, new MergeOptions());
            network = form == "merged" ? network : Then(network, ((IBakeable)network).Bake(subject.Vocabulary!, neck: form == "baked"));
            network = Then(network, ((IFoldable)network).Fold());
            network.Train(false);
            network.To(MemoryFormat.ChannelsLast);
            subject = subject with { Network = network };
        }

        return new ExportCase(detector, subject);
    }

    private static DetectionNetwork Then(DetectionNetwork before, DetectionNetwork after)
    {
        before.Dispose();
        return after;
    }

    /// <summary>Small values everywhere: what starts at zero has an effect, and nothing grows from layer to layer.</summary>
    private static void Shake(Layer layer)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach ((_, Parameter parameter) in layer.Parameters().Where(entry => entry.Parameter.Value.Abs().Max().ToDouble() == 0))
        {
            parameter.Value.FillNormal(0, 0.02);
        }
    }
}
