using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Data;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.Clip;
using Graft.Runs;
using Graft.Text;

namespace Graft.Cli.Commands;

/// <summary>The prompts that a command line asks for: <c>--prompts</c>, with embeddings from a file, a text encoder, or stand-ins.</summary>
internal sealed class PromptOptions
{
    /// <summary>Where the configuration of a weight file comes from that does not carry its own.</summary>
    internal Option<string?> Config { get; } = Define.Text("--config", "CONFIG", "the configuration of a weight file that does not carry its own");

    internal Option<string?> Prompts { get; } = Define.Text(
        "--prompts", "\"a,b\"|FILE", "what to look for: class names, a .json or .txt file of them, or embeddings as .npy");

    internal Option<string?> Embeddings { get; } = Define.Text("--embeddings", "FILE.npy", "embeddings of the prompts");

    internal Option<string?> TextModel { get; } = Define.Text(
        "--text-model", "DIR|FILE", "CLIP text encoder for the prompts: a Hugging Face folder, or a checkpoint that holds one");

    internal Option<string?> TokenizerFolder { get; } = Define.Text(
        "--vocabulary", "DIR", "folder with vocab.json and merges.txt, where the text encoder has none");

    /// <summary>Other classes than those of the weight file; only where a command measures or bakes.</summary>
    internal Option<string?> Classes { get; } = Define.Text(
        "--classes", "\"a,b\"", "other classes of the data than those that the model was trained on, in this order");

    /// <summary>Everything that turns prompts into embeddings.</summary>
    internal IEnumerable<Option> All => [Prompts, Embeddings, TextModel, TokenizerFolder, Config];

    /// <summary>Null when the command line names none: the prompts of the weight file count.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="target">The model that is asked.</param>
    internal Vocabulary? Of(Arguments arguments, string target) => Checked(Read(arguments, target), target);

    private Vocabulary? Read(Arguments arguments, string target)
    {
        if (arguments.Value(Prompts) is not { } prompts)
        {
            Option? idle = new Option[] { TextModel, TokenizerFolder, Embeddings }.FirstOrDefault(arguments.Has);
            return idle is null || arguments.Has(Classes) ? null : throw Arguments.Wrong($"{idle.Name} needs --prompts: what to look for.");
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

    /// <summary>The prompts of <c>--classes</c> and <c>--prompts</c>; null: those of the weight file. Classes are those of the run's
    /// data, and without <c>--prompts</c> their prompts are those of the data.</summary>
    internal Vocabulary? OfClasses(string target, IReadOnlyList<string> overrides, DataSplit split, Arguments arguments)
    {
        string[]? classes = arguments.Value(Classes)?.Split(',', StringSplitOptions.TrimEntries);
        Vocabulary? words = Of(arguments, target);
        if (classes is null && words is null)
        {
            return null;
        }

        RunConfig config = TrainedModel.ConfigOf(target, overrides, arguments.Value(Config));
        DetectionDataset wanted = DetectionData.OpenSplit(config.Data with { Classes = classes ?? config.Data.Classes }, split);
        if (words is null)
        {
            // Prompts of the data: embedded as the run's own were, or by the text encoder that the command line or the file brings.
            bool known = config is { Text.Model: not null } or { Data.Embeddings: not null } or { Model.TextWidth: null };
            return Checked(known ? Vocabularies.For(config, wanted)
                : Embed(wanted.Prompts, arguments, target, config.Model.TextWidth!.Value) with { Names = wanted.ClassNames }, target);
        }

        if (words.Names.Count != wanted.ClassNames.Count)
        {
            throw new GraftException(
                Failure.Data, $"--prompts has {Counted.Of(words.Names.Count, "entry", "entries")} for {Counted.Of(wanted.ClassNames.Count, "class")}: {string.Join(", ", wanted.ClassNames)}.",
                "Give one entry per class, in label order, or choose classes with --classes.");
        }

        ClassPrompts.RequireOrder("--prompts", [.. words.Names.Select(name => (IReadOnlyList<string>)[name])], wanted.ClassNames);
        return words with { Names = wanted.ClassNames };
    }

    /// <summary>Prompts with their embeddings: of <c>--embeddings</c>, of a text encoder (the model's own, if it has one), or stand-ins where
    /// the model was trained on such.</summary>
    private Vocabulary Embed(PromptSet set, Arguments arguments, string target, int width)
    {
        if (arguments.Value(Embeddings) is { } path)
        {
            return Vocabularies.Read(path, [.. set.Names], width);
        }

        string? encoderPath = arguments.Value(TextModel) ?? OwnTextEncoder(target);
        if (encoderPath is not null)
        {
            using ClipTextEncoder encoder = ClipTextEncoder.Load(encoderPath, arguments.Value(TokenizerFolder));
            return encoder.Width == width
                ? new Vocabulary([.. set.Names], encoder.Embed(set, cache: new EmbeddingCache()).Values, encoderPath) { Notes = set.Notes }
                : throw new GraftException(Failure.Model, $"{encoderPath}: its embeddings are {encoder.Width} wide; {target} takes {width}.", "Use the text encoder that the model was trained with.");
        }

        return TrainedModel.WordSourceOf(target) is { } source && source.EndsWith("stand-in", StringComparison.Ordinal)
            ? Vocabulary.StandIn([.. set.Names], width) with { Notes = set.Notes }
            : throw new GraftException(
                Failure.Model, $"{target} holds no text encoder, so prompts cannot become embeddings.",
                "Name one: --text-model DIR (a CLIP folder or a checkpoint that holds one), or give embeddings: --prompts FILE.npy.");
    }

    private static Vocabulary? Checked(Vocabulary? words, string target)
        => words is null || TrainedModel.WordsOf(target) is not { } learned ? words : StandIns.Resolve(words, learned);

    private int Width(Arguments arguments, string target)
        => TrainedModel.ConfigOf(target, arguments.Overrides, arguments.Value(Config)).Model.TextWidth
            ?? throw new GraftException(Failure.Usage, $"{target} takes no text: its classes are fixed.", "Leave --prompts out.");

    private static string? OwnTextEncoder(string target)
    {
        string path = TrainedModel.FileOf(target);
        using WeightFile file = WeightFile.Open(path);
        return ClipTextEncoder.IsIn(file) ? path : null;
    }
}
