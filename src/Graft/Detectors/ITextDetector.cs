using Graft.Torch;

namespace Graft.Detectors;

/// <summary>A detector that finds what prompts name: its classes are text embeddings, given from outside, learned, or baked in.</summary>
public interface ITextDetector : IDetector
{
    /// <summary>Class names and their embeddings, as given.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Whether the network still reads text everywhere; false once a vocabulary is baked in.</summary>
    bool ReadsText { get; }

    /// <summary>The prompts that training samples from for each image; null: all prompts in every step.</summary>
    PromptBank? PromptBank { get; set; }

    /// <summary>The vocabulary with its learned embeddings; as given where none are learned.</summary>
    Vocabulary LearnedVocabulary();

    /// <summary>Replaces the vocabulary.</summary>
    /// <exception cref="GraftException">Of kind Data: the embeddings have another width than the network's text.</exception>
    void SetVocabulary(Vocabulary vocabulary);

    /// <summary>Registers embeddings in the network as trainable parameters (prompt tuning).</summary>
    /// <param name="embeddings">N×D.</param>
    /// <param name="unit">Normalise them to length one when they are read.</param>
    /// <param name="mlp">Add a residual two-layer MLP behind them.</param>
    void LearnPrompts(Tensor embeddings, bool unit = false, bool mlp = false);
}
