using Graft.Adapters;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Benchmarks;

/// <summary>The network of a configuration with random weights and numbered classes.</summary>
internal static class BenchDetector
{
    private const int DefaultClasses = 6;
    private const double Spread = 0.02;

    /// <summary>Builds the detector.</summary>
    /// <param name="config">Which network.</param>
    /// <param name="classes">Number of classes; null: that of the configuration where classes are fixed, six where text is read.</param>
    internal static IDetector Create(RunConfig config, int? classes)
    {
        Vocabulary vocabulary = VocabularyOf(config, classes);
        return DetectorFactory.Create(config.Model.WithClasses(vocabulary.Names.Count), vocabulary);
    }

    /// <summary>Writes the network of a configuration, without its adapters, with random weights and trained statistics of its norms.</summary>
    /// <param name="path">Target.</param>
    /// <param name="config">Which network.</param>
    /// <param name="classes">Number of classes; null: that of the configuration where classes are fixed, six where text is read.</param>
    internal static void Write(string path, RunConfig config, int? classes = null)
    {
        Vocabulary vocabulary = VocabularyOf(config, classes);
        using IDetector detector = Create(config, classes);
        UpdateStatistics(detector);
        Checkpoint.Write(path, detector, vocabulary, config with { Model = config.Model.WithClasses(vocabulary.Names.Count), Tuning = null });
    }

    /// <summary>Changes the weights of attached adapters by noise, and writes them as an adapter file.</summary>
    /// <param name="path">Target.</param>
    /// <param name="attached">The adapters.</param>
    /// <param name="vocabulary">The classes of the file.</param>
    internal static void WriteAdapter(string path, AttachedAdapters attached, Vocabulary vocabulary)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach ((_, Parameter parameter) in attached.Adapters.SelectMany(planned => planned.Adapter.Parameters()))
        {
            parameter.Value.AddInPlace(Tensor.RandN([.. parameter.Value.Shape]) * Spread);
        }

        AdapterFile.Save(path, attached, vocabulary);
    }

    /// <summary>Class names with stand-in embeddings, of the width that the network expects.</summary>
    internal static Vocabulary VocabularyOf(RunConfig config, int? classes)
        => DetectorFactory.Unnamed(config.Model.WithClasses(classes ?? (config.Model.TextWidth is null ? config.Model.Classes : DefaultClasses)), withText: true);

    /// <summary>Trains the statistics of the normalisations on noise, since folding initial statistics proves nothing.</summary>
    internal static void UpdateStatistics(IDetector detector)
    {
        using NoGrad off = NoGrad.Begin();
        detector.Network.Train();
        Subject subject = Subject.Of(detector);
        for (int i = 0; i < 4; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            subject.Forward(Tensor.Rand(1, 3, 128, 128));
        }

        detector.Network.Train(false);
        detector.Network.Freeze();
    }
}
