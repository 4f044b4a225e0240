using Graft.Data;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.Clip;
using Graft.Runs;
using Graft.Text;

namespace Graft.Cli;

/// <summary>The words that a command line asks for: <c>--prompts</c>, with embeddings from a file, a text tower, or stand-ins.</summary>
internal static class WordOptions
{
    /// <summary>Null when the command line names none: the words of the weight file count.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="target">The model that is asked.</param>
    internal static Vocabulary? Of(Arguments arguments, string target) => WithLearned(Read(arguments, target), target);

    private static Vocabulary? Read(Arguments arguments, string target)
    {
        if (arguments.Value("prompts") is not { } prompts)
        {
            string? idle = new[] { "text-model", "vocabulary", "embeddings" }.FirstOrDefault(arguments.Has);
            return idle is null || arguments.Has("classes") ? null : throw Arguments.Wrong($"--{idle} needs --prompts: the words to look for.");
        }

        int width = Width(arguments, target);
        if (Path.GetExtension(prompts).Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            PromptEmbeddings stored = PromptEmbeddings.Load(prompts, width);
            string[] known = stored.Prompts is { } remembered ? [.. remembered.Select(words => words[0])] : [.. Enumerable.Range(1, stored.Count).Select(number => $"class {number}")];
            return new Vocabulary(known, stored.Values, prompts) { Notes = stored.Notes };
        }

        return Embed(PromptSet.Open(prompts), arguments, target, width);
    }

    /// <summary>The words of <c>--classes</c> and <c>--prompts</c>; null: those of the weight file. Classes are those of the run's
    /// data, and without <c>--prompts</c> their words are the data's prompts.</summary>
    internal static Vocabulary? OfClasses(string target, IReadOnlyList<string> overrides, DataSplit split, Arguments arguments)
    {
        string[]? classes = arguments.Value("classes")?.Split(',', StringSplitOptions.TrimEntries);
        Vocabulary? words = Of(arguments, target);
        if (classes is null && words is null)
        {
            return null;
        }

        RunConfig config = TrainedModel.ConfigOf(target, overrides, arguments.Value("config"));
        DetectionDataset wanted = DetectionData.OpenSplit(config.Data with { Classes = classes ?? config.Data.Classes }, split);
        if (words is null)
        {
            // Words of the data: as the run itself got its words, or by the tower that the command line or the file brings.
            bool known = config is { Text.Model: not null } or { Data.Embeddings: not null } or { Model.TextWidth: null };
            return WithLearned(known ? Vocabularies.For(config, wanted)
                : Embed(wanted.Prompts, arguments, target, config.Model.TextWidth!.Value) with { Names = wanted.ClassNames }, target);
        }

        if (words.Names.Count != wanted.ClassNames.Count)
        {
            throw new GraftException(
                Failure.Data, $"--prompts has {Counted.Of(words.Names.Count, "entry", "entries")} for {Counted.Of(wanted.ClassNames.Count, "class")}: {string.Join(", ", wanted.ClassNames)}.",
                "Give one entry a class, in label order, or choose classes with --classes.");
        }

        ClassPrompts.RequireOrder("--prompts", [.. words.Names.Select(name => (IReadOnlyList<string>)[name])], wanted.ClassNames);
        return words with { Names = wanted.ClassNames };
    }

    /// <summary>Prompts with their embeddings: of <c>--embeddings</c>, of a text tower (the model's own, if it has one), or stand-ins where
    /// the model was trained on such.</summary>
    internal static Vocabulary Embed(PromptSet set, Arguments arguments, string target, int width)
    {
        if (arguments.Value("embeddings") is { } path)
        {
            return Vocabularies.Read(path, [.. set.Names], width);
        }

        string? tower = arguments.Value("text-model") ?? OwnTower(target);
        if (tower is not null)
        {
            using ClipTextEncoder encoder = ClipTextEncoder.Load(tower, arguments.Value("vocabulary"));
            return encoder.Width == width
                ? new Vocabulary([.. set.Names], encoder.Embed(set, cache: new EmbeddingCache()).Values, tower) { Notes = set.Notes }
                : throw new GraftException(Failure.Model, $"{tower}: its embeddings are {encoder.Width} wide; {target} takes {width}.", "Use the text tower that the model was trained with.");
        }

        return TrainedModel.WordSourceOf(target) is { } source && source.EndsWith("stand-in", StringComparison.Ordinal)
            ? Vocabulary.StandIn([.. set.Names], width) with { Notes = set.Notes }
            : throw new GraftException(
                Failure.Model, $"{target} holds no text tower, so nothing can turn words into embeddings.",
                "Name one: --text-model DIR (a CLIP folder or a checkpoint with its tower), or give embeddings: --prompts FILE.npy.");
    }

    private static Vocabulary? WithLearned(Vocabulary? words, string target)
        => words is null || TrainedModel.WordsOf(target) is not { } learned ? words : StandIns.Resolve(words, learned);

    private static int Width(Arguments arguments, string target)
        => TrainedModel.ConfigOf(target, arguments.Overrides, arguments.Value("config")).Model.TextWidth
            ?? throw new GraftException(Failure.Usage, $"{target} reads no words: its classes are fixed.", "Leave --prompts out.");

    private static string? OwnTower(string target)
    {
        string path = TrainedModel.FileOf(target);
        using WeightFile file = WeightFile.Open(path);
        return ClipTextEncoder.IsIn(file) ? path : null;
    }
}
