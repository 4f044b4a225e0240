using Graft.Adapters;
using Graft.Detectors;
using Graft.Text;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Prompt tuning: trainable N×D text embeddings inside the network, and optionally a small network after them.</summary>
public static class PromptTuning
{
    /// <summary>Makes the text embeddings of a detector trainable if the configuration requests it.</summary>
    /// <exception cref="GraftException">The network does not read text.</exception>
    public static void Prepare(IDetector detector, TextOptions text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Learn)
        {
            if (text.Mlp)
            {
                throw new GraftException(Failure.Usage, "text.mlp is on and text.learn is off.", "Set text.learn=true.");
            }

            return;
        }

        if (detector is not ITextDetector { ReadsText: true, Vocabulary.Embeddings: { } rows } reader)
        {
            throw new GraftException(Failure.Usage, "text.learn is on, and this network reads no text.", "Prompt tuning needs a YOLO-World that is not re-parameterised.");
        }

        reader.LearnPrompts(Tensor.From(rows, reader.Names.Count, rows.Length / reader.Names.Count), unit: true, text.Mlp);
    }

    /// <summary>The options, with trainable text embeddings unfrozen.</summary>
    internal static TuningOptions With(TuningOptions tuning, DetectionNetwork network)
    {
        UnfreezeOptions[] learned = [.. network.LearnedPromptKeys.Select(name => new UnfreezeOptions { At = name })];
        return learned.Length == 0 ? tuning : tuning with { Unfreeze = [.. tuning.Unfreeze, .. learned] };
    }

    /// <summary>Writes the text embeddings as N×D <c>.npy</c> with their names, which <c>predict</c>, <c>reparam</c> and <c>train</c> read.</summary>
    internal static void Save(string path, Vocabulary vocabulary)
        => new PromptEmbeddings(vocabulary.Embeddings!, vocabulary.Embeddings!.Length / vocabulary.Names.Count, [.. vocabulary.Names.Select(name => (IReadOnlyList<string>)[name])]).Save(path);
}
