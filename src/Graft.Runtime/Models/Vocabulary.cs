namespace Graft.Runtime.Models;

/// <summary>The classes of a detector: names, thresholds and, for models with a text input, embeddings. Never changed once made.</summary>
internal sealed class Vocabulary
{
    /// <summary>Makes a vocabulary.</summary>
    /// <param name="names">Names in the order of labels.</param>
    /// <param name="embeddings">N×D; empty where the model takes none.</param>
    /// <param name="description">Thresholds of the model.</param>
    /// <param name="options">Thresholds that override them.</param>
    public Vocabulary(IReadOnlyList<string> names, float[] embeddings, ModelDescription description, OnnxDetectorOptions options)
    {
        Names = [.. names];
        Embeddings = embeddings;
        DefaultThreshold = (float)(options.ScoreThreshold ?? description.ScoreThreshold);
        Thresholds = new float[Names.Length];
        for (int label = 0; label < Names.Length; label++)
        {
            double threshold = DefaultThreshold;
            if (options.ClassThresholds?.TryGetValue(Names[label], out threshold) != true
                && (options.ScoreThreshold is not null || !description.ClassThresholds.TryGetValue(Names[label], out threshold)))
            {
                threshold = DefaultThreshold;
            }

            Thresholds[label] = (float)threshold;
        }
    }

    public string[] Names { get; }

    public float[] Embeddings { get; }

    /// <summary>One for each name.</summary>
    public float[] Thresholds { get; }

    /// <summary>For labels without a name.</summary>
    public float DefaultThreshold { get; }

    /// <summary>Name of a label; "class 7" where the model has none.</summary>
    public string Name(int label) => label < Names.Length ? Names[label] : $"class {label}";
}
