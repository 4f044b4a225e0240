using Graft.Detectors;
using Graft.Runs;

namespace Graft.Benchmarks;

/// <summary>The network of a configuration with random weights and numbered classes.</summary>
internal static class BenchDetector
{
    private const int DefaultClasses = 6;

    /// <summary>Builds the detector.</summary>
    /// <param name="config">Which network.</param>
    /// <param name="classes">Number of classes; null: that of the configuration where classes are fixed, six where text is read.</param>
    internal static IDetector Create(RunConfig config, int? classes)
    {
        Vocabulary vocabulary = VocabularyOf(config, classes);
        return DetectorFactory.Create(config.Model.WithClasses(vocabulary.Names.Count), vocabulary);
    }

    /// <summary>Class names with stand-in embeddings, of the width that the network expects.</summary>
    internal static Vocabulary VocabularyOf(RunConfig config, int? classes)
        => DetectorFactory.Unnamed(config.Model.WithClasses(classes ?? (config.Model.TextWidth is null ? config.Model.Classes : DefaultClasses)), withText: true);
}
