using Graft.Data;
using Graft.Detectors;
using Graft.Runtime;
using Graft.Text;

namespace Graft.Runs;

/// <summary>Makes the vocabulary of a run.</summary>
public static class Vocabularies
{
    /// <summary>Class names with their embeddings: from the file or the text encoder of the configuration.</summary>
    /// <param name="config">Names the source.</param>
    /// <param name="data">Class names and prompts, in label order.</param>
    /// <exception cref="GraftException">Embeddings that cannot be used, or in another order than the classes; no text encoder of the model's width.</exception>
    public static Vocabulary For(RunConfig config, DetectionDataset data)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        if (config.Model.TextWidth is not { } width)
        {
            return new Vocabulary(data.ClassNames, null, "class numbers");
        }

        if (config.Data.Embeddings is { } path)
        {
            return Read(path, data.ClassNames, width);
        }

        if (config.Model.NeedsNoText)
        {
            return new Vocabulary(data.ClassNames, null, "baked");
        }

        PromptSet first = new([.. data.Prompts.Names.Select(name => (IReadOnlyList<string>)[name])], data.Prompts.Source, Repeated);
        Vocabulary vocabulary = EncoderOf(config.Text, width) is null
            ? Vocabulary.StandIn(first.Names, width)
            : Embed(config.Text, config.Text.Synonyms == SynonymUse.First ? first : data.Prompts, width);
        return vocabulary with { Names = data.ClassNames };
    }

    /// <summary>Reads an N×D <c>.npy</c> file; rows are normalised to length one, with a note.</summary>
    /// <exception cref="GraftException">Wrong shape, width or type, numbers that are not finite, or prompts in another order than the
    /// names.</exception>
    public static Vocabulary Read(string path, IReadOnlyList<string> names, int width)
    {
        ArgumentNullException.ThrowIfNull(names);
        PromptEmbeddings stored = PromptEmbeddings.Load(path);
        if (stored.Count != names.Count || stored.Width != width)
        {
            throw new GraftException(
                Failure.Data,
                $"{path}: the text embeddings are {stored.Count}×{stored.Width}; {names.Count} classes and model.text_dim={width} need {names.Count}×{width}.",
                "Give one row per class, in label order; the width is that of the text encoder.");
        }

        if (stored.Prompts is { } prompts)
        {
            ClassPrompts.RequireOrder($"{path}.json", prompts, names);
        }

        return new Vocabulary(names, stored.Values, path) { Notes = stored.Notes, Encoder = stored.Encoder };
    }

    /// <summary>The prompts that training images are shown; null: all classes in every step.</summary>
    /// <param name="config">Synonyms, number of prompts, negatives.</param>
    /// <param name="data">Class names and prompts, in label order.</param>
    /// <exception cref="GraftException">Settings that contradict one another, or prompts that cannot be used.</exception>
    public static PromptBank? BankOf(RunConfig config, DetectionDataset data)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        TextOptions text = config.Text;
        bool sampled = text.Synonyms == SynonymUse.Sample;
        if (text.Shown == 0 && !sampled && text.Templates.Count == 0)
        {
            return text.Negatives is null ? null : throw new GraftException(
                Failure.Usage, "text.negatives is given, and text.shown is 0, so no negative would ever be shown.", "Set the number of prompts per image: text.shown=20.");
        }

        if (config.Model is not { ReadsText: true, TextWidth: { } width })
        {
            throw new GraftException(Failure.Usage, "text.shown and text.synonyms=sample need a network that reads text.", "Omit them for this model.");
        }

        if (sampled && (text.Learn || config.Data.Embeddings is not null))
        {
            throw new GraftException(
                Failure.Usage, $"text.synonyms=sample needs an embedding of each synonym; {(text.Learn ? "trained prompts" : "data.embeddings")} have one row per class.",
                "Use text.model, or text.synonyms=average.");
        }

        IReadOnlyList<IReadOnlyList<string>> classes = data.Prompts.Classes;
        int[] sizes = [.. classes.Select(synonyms => sampled ? synonyms.Count : 1)];
        int[] starts = [.. sizes.Select((_, label) => sizes.Take(label).Sum())];
        float[]? rows = sampled ? Embed(text, Each(classes.SelectMany(synonyms => synonyms), data.Prompts.Source), width).Embeddings : null;
        float[] negatives = text.Negatives is { } source ? Negatives(source, data, text, width) : [];
        int named = sizes.Sum(), unnamed = negatives.Length / width;
        PromptTemplates? templates = TemplatesOf(text, data, named + unnamed);
        float[] described = templates is null ? [] : Embed(text, Each(templates.Texts, "text.templates"), width).Embeddings!;
        return new PromptBank(
            new PromptSampler(
                [.. sizes.Select((size, label) => (IReadOnlyList<int>)[.. Enumerable.Range(starts[label], size)])],
                [.. Enumerable.Range(named, unnamed)], text.Shown, templates),
            rows, [.. negatives, .. described], width);
    }

    /// <summary>The templates filled from the data; null where none are given.</summary>
    private static PromptTemplates? TemplatesOf(TextOptions text, DetectionDataset data, int firstRow)
    {
        if (text.Templates.Count == 0)
        {
            return null;
        }

        PromptTemplates templates = new(
            text.Templates, text.TemplateShare, data.ClassNames,
            data.Images.SelectMany(image => image.Objects).Where(box => box.Attributes is not null).Select(box => (box.Label, box.Attributes!)), firstRow);
        return templates.Texts.Count > 0 ? templates : throw new GraftException(
            Failure.Data, $"{data.Source}: no box has the attributes of text.templates ({string.Join(", ", text.Templates)}).",
            "Attributes are the texts of \"attributes\" of an annotation in a COCO file; omit text.templates for data without.");
    }

    private static readonly PromptRules Repeated = new() { AllowDuplicates = true };

    private static float[] Negatives(string source, DetectionDataset data, TextOptions text, int width)
    {
        if (Path.GetExtension(source).Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            return PromptEmbeddings.Load(source, width).Values;
        }

        PromptSet prompts = PromptSet.Open(source);
        HashSet<string> positives = [.. data.Prompts.Classes.SelectMany(synonyms => synonyms).Concat(data.ClassNames).Select(ClipTokenizer.Canonical)];
        string[] each = [.. prompts.Classes.SelectMany(synonyms => synonyms)];
        return each.FirstOrDefault(prompt => positives.Contains(ClipTokenizer.Canonical(prompt))) is { } both
            ? throw new GraftException(Failure.Data, $"text.negatives: '{both}' is a prompt of a class, so it would be trained as absent where it is present.", "Remove it from the negatives.")
            : Embed(text, Each(each, prompts.Source), width).Embeddings!;
    }

    private static PromptSet Each(IEnumerable<string> prompts, string source) => new([.. prompts.Select(prompt => (IReadOnlyList<string>)[prompt])], source, Repeated);

    /// <summary>Embeds prompts by a text encoder.</summary>
    /// <param name="prompts">The classes; the first prompt of each is its name.</param>
    /// <param name="encoder">A registered name, a CLIP folder, or a checkpoint that holds a text encoder.</param>
    /// <param name="tokenizer">Folder with vocab.json and merges.txt, where the text encoder has none.</param>
    /// <param name="width">Width that the model expects.</param>
    /// <param name="model">The model, for messages.</param>
    /// <exception cref="GraftException">Of kind Model: no text encoder, or one of another width.</exception>
    internal static Vocabulary Embed(PromptSet prompts, string encoder, string? tokenizer, int width, string model = "the model")
    {
        using ITextEncoder opened = TextEncoders.Open(encoder, tokenizer);
        if (opened.Id.Width != width)
        {
            throw new GraftException(
                Failure.Model, $"{encoder}: its embeddings are {opened.Id.Width} wide; {model} expects {width}.",
                "Use the text encoder that the model was trained with.");
        }

        PromptEmbeddings embedded = opened.Embed(prompts, cache: new EmbeddingCache());
        return new Vocabulary(prompts.Names, embedded.Values, encoder) { Encoder = opened.Id, Notes = embedded.Notes };
    }

    /// <summary>The text encoder of a training; null: stand-ins, which must be asked for.</summary>
    private static string? EncoderOf(TextOptions text, int width)
        => text.Model == TextEncoders.StandIn ? null : text.Model ?? TextEncoders.Default(width);

    private static Vocabulary Embed(TextOptions text, PromptSet prompts, int width)
        => EncoderOf(text, width) is { } encoder ? Embed(prompts, encoder, text.Tokenizer, width) : Vocabulary.StandIn(prompts.Names, width);
}
