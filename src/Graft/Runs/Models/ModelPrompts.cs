using Graft.Data;
using Graft.Detectors;
using Graft.Models;
using Graft.Text;

namespace Graft.Runs;

/// <summary>Makes the vocabulary of a model from prompts, with embeddings from a file, a text encoder, or stand-ins.</summary>
public static class ModelPrompts
{
    /// <summary>The prompts of a request; null when it names none, so that those of the weight file are used.</summary>
    /// <param name="target">The model: a run folder or a weight file.</param>
    /// <param name="request">Prompts and where their embeddings come from.</param>
    /// <exception cref="GraftException">Of kind Usage: the model reads no text; of kind Data: prompts or embeddings that cannot be used; of
    /// kind Model: there is no text encoder of its width.</exception>
    public static Vocabulary? Of(string target, PromptRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Prompts is not { } prompts)
        {
            return null;
        }

        ModelOptions model = TrainedModel.ConfigOf(target, request.Settings, request.Config).Model;
        int width = model.TextWidth
            ?? throw new GraftException(Failure.Usage, $"{target} reads no text: its classes are fixed.", "Leave --prompts out.");
        bool stored = Path.GetExtension(prompts).Equals(".npy", StringComparison.OrdinalIgnoreCase);
        if (!stored && model.HasBakedVocabulary)
        {
            // It needs no embeddings; opening it finds out whether these are its words.
            return new Vocabulary(PromptSet.Open(prompts).Names, null, prompts);
        }

        Vocabulary vocabulary = stored ? Stored(prompts, width) : Embed(PromptSet.Open(prompts), request, target, width);
        Vocabulary? learned = TrainedModel.VocabularyOf(target);
        TextEncoders.RequireSame(target, learned?.Encoder, vocabulary.Encoder?.Hash, vocabulary.Source);
        return learned is null ? vocabulary : StandIns.Resolve(vocabulary, learned);
    }

    /// <summary>The prompts for classes of the model's data: those of the request, or those of the data; null when the request names neither
    /// classes nor prompts.</summary>
    /// <param name="target">The model: a run folder or a weight file.</param>
    /// <param name="request">Classes, prompts and where their embeddings come from.</param>
    /// <param name="split">The split whose classes count.</param>
    /// <exception cref="GraftException">As <see cref="Of"/>; of kind Data also where prompts and classes do not match.</exception>
    public static Vocabulary? OfClasses(string target, PromptRequest request, DataSplit split)
    {
        Vocabulary? vocabulary = Of(target, request);
        if (request.Classes is null && vocabulary is null)
        {
            return null;
        }

        RunConfig config = TrainedModel.ConfigOf(target, request.Settings, request.Config);
        DetectionDataset wanted = DetectionData.OpenSplit(config.Data with { Classes = request.Classes ?? config.Data.Classes }, split);
        return vocabulary is null ? StandIns.Resolve(OfData(config, wanted, request, target), target) : Named(vocabulary, wanted.ClassNames);
    }

    /// <summary>Prompts of the data, embedded as in the run, or by the text encoder of the request or the file.</summary>
    private static Vocabulary OfData(RunConfig config, DetectionDataset data, PromptRequest request, string target)
    {
        bool known = config is { Text.Model: not null } or { Data.Embeddings: not null } or { Model.TextWidth: null };
        return known ? Vocabularies.For(config, data)
            : Embed(data.Prompts, request, target, config.Model.TextWidth!.Value) with { Names = data.ClassNames };
    }

    /// <summary>Prompts with the names of their classes.</summary>
    private static Vocabulary Named(Vocabulary vocabulary, IReadOnlyList<string> classes)
    {
        if (vocabulary.Names.Count != classes.Count)
        {
            throw new GraftException(
                Failure.Data, $"--prompts has {Counted.Of(vocabulary.Names.Count, "entry", "entries")} for {Counted.Of(classes.Count, "class")}: {string.Join(", ", classes)}.",
                "Give one entry per class, in label order, or choose classes with --classes.");
        }

        ClassPrompts.RequireOrder("--prompts", [.. vocabulary.Names.Select(name => (IReadOnlyList<string>)[name])], classes);
        return vocabulary with { Names = classes };
    }

    /// <summary>Prompts from a <c>.npy</c> file; without names they are numbered.</summary>
    internal static Vocabulary Stored(string path, int? width)
    {
        PromptEmbeddings stored = PromptEmbeddings.Load(path, width);
        string[] names = stored.Prompts is { } prompts ? [.. prompts.Select(synonyms => synonyms[0])] : [.. Enumerable.Range(1, stored.Count).Select(number => $"class {number}")];
        return new Vocabulary(names, stored.Values, path) { Notes = stored.Notes, Encoder = stored.Encoder };
    }

    /// <summary>Prompts with their embeddings: from a file, from a text encoder (that of the model, if it has one), or stand-ins where the model
    /// was trained on them.</summary>
    private static Vocabulary Embed(PromptSet prompts, PromptRequest request, string target, int width)
    {
        if (request.Embeddings is { } path)
        {
            return Vocabularies.Read(path, prompts.Names, width);
        }

        if ((request.TextModel ?? TrainedModel.TextEncoderOf(target)) is { } encoder)
        {
            Vocabulary vocabulary = Vocabularies.Embed(prompts, encoder, request.Tokenizer, width, target);
            return vocabulary with { Notes = [.. prompts.Notes, .. vocabulary.Notes] };
        }

        return TrainedModel.VocabularyOf(target) is { } learned && StandIns.Are(learned)
            ? Vocabulary.StandIn(prompts.Names, width) with { Notes = prompts.Notes }
            : throw new GraftException(
                Failure.Model, $"{target} holds no text encoder, so prompts cannot become embeddings.",
                "Name the one that it was trained with: --text-model minilm, or DIR (a CLIP folder or a checkpoint that holds one); or give embeddings: --prompts FILE.npy.");
    }
}
