namespace Graft.Runtime.Models;

/// <summary>Whether names and embeddings fit a model.</summary>
internal static class VocabularyChecks
{
    /// <summary>Makes the vocabulary of a caller.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Usage: the model's classes are fixed, or names and embeddings do not fit.</exception>
    public static Vocabulary Make(OpenModel model, IReadOnlyList<string> names, ReadOnlySpan<float> embeddings, OnnxDetectorOptions options)
    {
        ModelDescription description = model.Contract.Description;
        if (description.TextWidth == 0)
        {
            throw FixedClasses(model);
        }

        if (names.Count == 0 || (long)names.Count * description.TextWidth != embeddings.Length)
        {
            throw new OnnxDetectorException(
                FailureKind.Usage, $"{embeddings.Length} numbers are given for {names.Count} names; {model.File} takes {description.TextWidth} numbers for each name, and at least one name.");
        }

        int fixedCount = model.Contract.Graph.TextShape[1];
        if (fixedCount > 0 && names.Count != fixedCount)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"{names.Count} names are given; {model.File} takes exactly {fixedCount}.");
        }

        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is IGrouping<string, string> twice)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"The name \"{twice.Key}\" is given {twice.Count()} times; each class has its own name.");
        }

        return new Vocabulary(names, embeddings.ToArray(), description, options);
    }

    /// <summary>Checks that a model takes the embeddings of an encoder, and that the prompts say something.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Usage.</exception>
    public static void CheckPrompts(OpenModel model, ITextEncoder encoder, IReadOnlyList<string> prompts)
    {
        ModelDescription description = model.Contract.Description;
        if (description.TextWidth == 0)
        {
            throw FixedClasses(model);
        }

        if (description.TextEncoder is TextEncoderId trained && !trained.Hash.Equals(encoder.Id.Hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new OnnxDetectorException(
                FailureKind.Usage, $"{model.File} was trained on prompts of {trained}; {encoder.Id} is another text encoder, whose embeddings mean something else there.", $"Use {trained.Name}.");
        }

        if (encoder.Id.Width != description.TextWidth)
        {
            throw new OnnxDetectorException(
                FailureKind.Usage, $"The embeddings of {encoder.Id} are {encoder.Id.Width} wide; {model.File} takes {description.TextWidth}.", "Use the text encoder that the model was trained with.");
        }

        for (int label = 0; label < prompts.Count; label++)
        {
            if (string.IsNullOrWhiteSpace(prompts[label]))
            {
                throw new OnnxDetectorException(FailureKind.Usage, $"Prompt {label} is blank; it would look for nothing in particular.", "Describe the class in a few words.");
            }
        }
    }

    /// <summary>Checks that thresholds are given for classes that the model has; names of a text input may still come.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Usage: a class is unknown.</exception>
    public static void CheckThresholds(OpenModel model, OnnxDetectorOptions options, IEnumerable<Vocabulary> adapters)
    {
        ModelDescription description = model.Contract.Description;
        if (description.TextWidth == 0 && options.ClassThresholds?.Keys.FirstOrDefault(name => !description.Names.Concat(adapters.SelectMany(one => one.Names)).Contains(name)) is string unknown)
        {
            throw new OnnxDetectorException(
                FailureKind.Usage,
                $"{nameof(OnnxDetectorOptions.ClassThresholds)} has a class '{unknown}', which {model.File} does not know; its classes are {string.Join(", ", description.Names)}.");
        }
    }

    /// <summary>Checks that a model that takes embeddings has some.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Usage: it has none.</exception>
    public static void CheckReady(OpenModel model, Vocabulary vocabulary)
    {
        if (model.Contract.Description.TextWidth > 0 && vocabulary.Embeddings.Length == 0)
        {
            throw new OnnxDetectorException(
                FailureKind.Usage, $"{model.File} takes text embeddings and brings none of its own.", $"Call {nameof(OnnxDetector.SetVocabulary)} first.");
        }
    }

    private static OnnxDetectorException FixedClasses(OpenModel model)
        => new(FailureKind.Usage, $"{model.File} has fixed classes ({string.Join(", ", model.Contract.Description.Names)}): it takes no text embeddings.", "Export it with text as an input.");
}
