using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>The file of a joined model: safetensors with the base's tensors and, for each branch, those that differ from the base's.</summary>
internal static class JoinedFile
{
    /// <summary>What the names of the base's tensors begin with.</summary>
    internal const string BasePrefix = "base.";

    private const string Key = "graft.join", FormatKey = "graft.join_format", Format = "1";

    private static readonly JsonSerializerOptions Json = new(JsonStyles.Compact) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Whether a file holds a joined model.</summary>
    internal static bool IsJoined(WeightFile file) => file.Metadata.ContainsKey(Key);

    /// <summary>Refuses a joined model where a single one is needed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What is not done with it.</param>
    /// <param name="hint">What to do instead.</param>
    /// <exception cref="GraftException">Of kind Model: the file holds a joined model.</exception>
    internal static void RequireSingle(WeightFile file, string what, string hint)
    {
        if (IsJoined(file))
        {
            throw new GraftException(Failure.Model, $"{file.Path} is a joined model ({string.Join(", ", PartsOf(file).Select(part => part.Name))}); it {what}.", hint);
        }
    }

    /// <summary>The members that a joined file describes, the base first.</summary>
    /// <exception cref="GraftException">Of kind Model: another version, or an inconsistent header.</exception>
    internal static IReadOnlyList<JoinedPart> PartsOf(WeightFile file)
    {
        string version = file.Metadata.GetValueOrDefault(FormatKey, "(none)");
        if (version != Format)
        {
            throw new GraftException(
                Failure.Model, $"{file.Path} is a joined model of version {Printable.Name(version)}; expected {Format}.", "Join its members again: graft join.");
        }

        try
        {
            if (JsonSerializer.Deserialize<JoinedPart[]>(file.Metadata[Key], Json) is { Length: > 1 } parts
                && parts.All(part => part is { Name: not null, Prefix: not null, Names: not null, Without: not null, Metadata: not null } && Checkpoint.IsComplete(part.Metadata))
                && parts[0].Prefix == BasePrefix)
            {
                return parts;
            }
        }
        catch (JsonException)
        {
            // Reported below: the header was changed by hand.
        }

        throw new GraftException(
            Failure.Model, $"{file.Path}: the metadata {Key} does not describe a base and its branches.", "Join its members again: graft join.");
    }

    /// <summary>All class names with their embeddings; without embeddings where a member has none.</summary>
    internal static Vocabulary VocabularyOf(WeightFile file) => Joined([.. PartsOf(file).Select(part => (part.Names, Checkpoint.VocabularyOf(part.In(file))))]);

    /// <summary>Opens the members as one detector.</summary>
    /// <param name="file">The joined file.</param>
    /// <param name="overrides">Settings to change, in all members.</param>
    /// <param name="prompts">The classes to detect; the base gets the prompts that are classes of no branch. Null: all classes of the file.</param>
    internal static (JoinedDetector Detector, Vocabulary Vocabulary, LoadReport Report) Open(
        WeightFile file, IReadOnlyList<string> overrides, Vocabulary? prompts)
    {
        IReadOnlyList<JoinedPart> parts = PartsOf(file);
        Vocabulary? asked = prompts is null ? null : BasePrompts(file, parts, prompts);
        List<TrainedModel> models = [];
        try
        {
            foreach (JoinedPart part in parts)
            {
                bool reads = models.Count == 0 && asked is not null;
                TrainedModel model = TrainedModel.OpenFile(file.Path, part.In(file), overrides, reads ? asked : null);
                models.Add(model);
                if (!reads && model.Vocabulary.Names.Count != part.Names.Count)
                {
                    throw new GraftException(
                        Failure.Model, $"{file.Path}: {Printable.Name(part.Name)} has {Counted.Of(model.Vocabulary.Names.Count, "class")} and {Counted.Of(part.Names.Count, "name")}.",
                        "Join its members again: graft join.");
                }
            }

            JoinedMember[] members = [.. models.Select((model, i) => new JoinedMember(
                parts[i].Name, model.Detector, i == 0 && asked is not null ? asked.Names : parts[i].Names))];
            JoinedDetector detector = new(members, prompts?.Names);
            return (detector, prompts ?? Joined([.. models.Select((model, i) => (members[i].Names, model.Vocabulary))]), models[0].Report);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }

    /// <summary>Writes the members; the file is complete or absent.</summary>
    /// <param name="path">Target.</param>
    /// <param name="members">The base first: its description and its model.</param>
    internal static void Write(string path, IReadOnlyList<(JoinedPart Part, TrainedModel Model)> members)
    {
        TrainedModel plain = members[0].Model;
        Dictionary<string, Tensor> shared = plain.Detector.Network.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        List<WeightData> tensors = [];
        List<JoinedPart> parts = [];
        foreach ((JoinedPart part, TrainedModel model) in members)
        {
            HashSet<string> left = ReferenceEquals(model, plain) ? [] : [.. shared.Keys];
            foreach ((string name, Tensor value) in model.Detector.Network.StateDict())
            {
                if (!left.Remove(name) || !value.HasSameBits(shared[name]))
                {
                    tensors.Add(WeightData.From(part.Prefix + name, value));
                }
            }

            if (model.Vocabulary is { Embeddings: { } rows, Names.Count: > 0 and var count })
            {
                tensors.Add(WeightData.From(part.Prefix + Checkpoint.EmbeddingsKey, rows, count, rows.Length / count));
            }

            parts.Add(part with { Without = [.. left] });
        }

        Vocabulary all = Joined([.. members.Select(member => (member.Part.Names, member.Model.Vocabulary))]);
        Dictionary<string, string> header = new(Checkpoint.Metadata(RewriteFiles.Described(plain.Config, plain.Detector.Network), all))
        {
            [FormatKey] = Format,
            [Key] = JsonSerializer.Serialize(parts, Json),
        };
        SafeTensorsWriter.Write(path, tensors, header);
    }

    /// <summary>The prompts that the base answers for: those that are classes of no branch.</summary>
    private static Vocabulary? BasePrompts(WeightFile file, IReadOnlyList<JoinedPart> parts, Vocabulary prompts)
    {
        int[] rows = [.. Enumerable.Range(0, prompts.Names.Count).Where(row => !parts.Skip(1).Any(part => part.Names.Contains(prompts.Names[row])))];
        string[] names = [.. rows.Select(row => prompts.Names[row])];
        bool reads = Checkpoint.ConfigOf(file).Model is { TextWidth: not null, HasBakedVocabulary: false };
        if (names.Length > 0 && reads && prompts.Embeddings is { } values)
        {
            int width = values.Length / prompts.Names.Count;
            return prompts with { Names = names, Embeddings = [.. rows.SelectMany(row => values.AsSpan(row * width, width).ToArray())] };
        }

        return names.FirstOrDefault(name => !parts[0].Names.Contains(name)) is not { } unknown ? null : throw new GraftException(
            Failure.Usage, $"{file.Path} has no class '{unknown}', and its base takes no other prompts.",
            Nearest.Suggestion(unknown, parts.SelectMany(part => part.Names)) ?? $"Its classes are {Listed.All([.. parts.SelectMany(part => part.Names)])}.");
    }

    /// <summary>All classes; the source is that of the base, which reads the prompts that are given.</summary>
    private static Vocabulary Joined(IReadOnlyList<(IReadOnlyList<string> Names, Vocabulary Own)> members)
    {
        bool complete = members.All(member => member.Own.Embeddings is not null)
            && members.Select(member => member.Own.Embeddings!.Length / member.Own.Names.Count).Distinct().Count() == 1;
        return new(
            [.. members.SelectMany(member => member.Names)], complete ? [.. members.SelectMany(member => member.Own.Embeddings!)] : null,
            members[0].Own.Source)
        {
            Notes = [.. members.SelectMany(member => member.Own.Notes).Distinct()],
        };
    }
}
