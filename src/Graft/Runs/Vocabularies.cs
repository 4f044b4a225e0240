using Graft.Data;
using Graft.Detection;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Text;

namespace Graft.Runs;

/// <summary>Where a run's words come from.</summary>
public static class Vocabularies
{
    /// <summary>Class names with their embeddings: the file of the configuration, or stand-ins.</summary>
    public static Vocabulary For(RunConfig config, DetectionDataset data)
        => config.Model is not YoloWorldOptions world ? new Vocabulary(data.ClassNames, null, "class numbers")
            : config.Data.Embeddings is { } path ? Read(path, data.ClassNames, world.TextDim)
            : world is { BakedHead: > 0, BakedNeck: > 0 } ? new Vocabulary(data.ClassNames, null, "baked")
            : Vocabulary.StandIn([.. data.Prompts.Names], world.TextDim) with { Names = data.ClassNames };

    /// <summary>Reads an N×D <c>.npy</c> file.</summary>
    /// <exception cref="GraftException">Wrong shape or width, or numbers that are not finite.</exception>
    public static Vocabulary Read(string path, IReadOnlyList<string> names, int width)
    {
        using WeightFile file = PromptEmbeddings.Open(path);
        WeightEntry entry = file.Single;
        if (entry.Shape.Count != 2 || entry.Shape[0] != names.Count || entry.Shape[1] != width)
        {
            throw new GraftException(
                Failure.Data,
                $"{path}: the text embeddings are {string.Join("×", entry.Shape)}; {names.Count} classes and model.text_dim={width} need {names.Count}×{width}.",
                "One row a class, in label order; the width is that of the text tower.");
        }

        float[] rows = entry.ToSingles();
        int bad = Array.FindIndex(rows, value => !float.IsFinite(value));
        return bad < 0
            ? new Vocabulary(names, rows, path)
            : throw new GraftException(Failure.Data, $"{path}: row {bad / width} ({names[bad / width]}) holds {rows[bad]}.", "Embed the words again.");
    }
}
