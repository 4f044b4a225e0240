using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>A network that reads text and can bake a vocabulary into its weights.</summary>
public interface IBakeable
{
    /// <summary>Whether prompts were trained inside the network, which then bakes them instead of the given embeddings.</summary>
    bool HasLearnedPrompts { get; }

    /// <summary>A new network with the vocabulary in its weights; this one is not changed.</summary>
    /// <param name="vocabulary">Class names and embeddings.</param>
    /// <param name="neck">Whether the vocabulary is baked into the neck too; otherwise the neck reads it from the key <c>embeddings</c>.</param>
    /// <param name="log">Receives what was baked and what was corrected.</param>
    /// <exception cref="MergeRefusedException">The vocabulary cannot be baked exactly, or one is baked already.</exception>
    /// <exception cref="GraftException">Of kind Data: the embeddings cannot be used.</exception>
    DetectionNetwork Bake(Vocabulary vocabulary, bool neck = true, RewriteLog? log = null);
}
