using System.Text.Json;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Joins a base and models adapted from it in one file: what they have in common runs once, each answers for its own classes.</summary>
public static class ModelJoin
{
    private const int ImagesPerMember = 1, TrialSide = 64;

    /// <summary>Joins, proves the written file against each member alone, and puts it in its place; the file is complete or absent.</summary>
    /// <param name="request">The members and their names.</param>
    /// <param name="path">Target: <c>.safetensors</c>.</param>
    /// <returns>The proof and the costs.</returns>
    /// <exception cref="MergeRefusedException">A member does not answer bit for bit as it does alone; nothing is written.</exception>
    /// <exception cref="GraftException">Of kind Usage: names that clash, members that take different inputs, or a target that cannot be
    /// written; of kind Model: an adapter or a model of another base, or a joined model as a member.</exception>
    public static JoinReport Run(JoinRequest request, string path)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequireTarget(request, path);
        using PartialFile unproven = new(path, ".partial.safetensors");
        Members members = Write(request, unproven.Path);
        using TensorScope scope = TensorScope.Begin();
        ProofImage[] images = [.. members.Configs.SelectMany(config => ProofImages.From(request.ProofData is { } data ? config with { Data = data } : config, ImagesPerMember)).DistinctBy(image => image.Name)];
        ProofOptions options = new() { CostSide = members.Configs[0].Train.Imgsz, Boxes = members.Configs[0].Predict };
        JoinReport report;
        using (TrainedModel joined = TrainedModel.Open(unproven.Path, request.Settings))
        {
            JoinedDetector detector = (JoinedDetector)joined.Detector;
            string[] apart = [.. Apart(request, detector)];
            Proof proof = JoinProver.Compare(detector, i => Open(request, i).Detector, options, images).Require();
            report = JoinReport.Of(detector, proof, members.Sources, options, [.. members.Notes, .. apart, .. Limits(proof, images)]);
        }

        using WeightFile file = WeightFile.Open(unproven.Path);
        SafeTensorsWriter.Write(path, file.Entries.Select(entry => WeightData.From(entry)), new Dictionary<string, string>(file.Metadata)
        {
            ["graft.proof"] = JsonSerializer.Serialize(
                new { max_abs = report.MaxAbs, outputs = report.Outputs, boxes = report.Boxes, boxes_max_px = report.BoxesMaxPx }, JsonStyles.Compact),
        });
        return report;
    }

    /// <summary>Opens every member and writes them in one file.</summary>
    private static Members Write(JoinRequest request, string path)
    {
        IReadOnlyList<string> names = [JoinNames.Base, .. JoinNames.OfBranches(request.Branches)];
        List<TrainedModel> models = [];
        try
        {
            for (int i = 0; i < names.Count; i++)
            {
                models.Add(Open(request, i));
                RequireSameInput(models[0], models[i]);
            }

            IReadOnlyList<IReadOnlyList<string>> shown = JoinNames.Of([.. models.Select((model, i) => (names[i], model.Vocabulary.Names))], request);
            JoinedPart[] parts = [.. models.Select((model, i) => Part(request, model, i, names[i], shown[i]))];
            JoinedFile.Write(path, [.. parts.Zip(models)]);
            return new(
                [.. models.Select(model => model.Config)], [.. parts.Select(part => part.Adapter ?? part.Source)],
                [.. models.SelectMany(model => model.Vocabulary.Notes).Distinct(), .. models.Select((model, i) => Difference(models[0], model, names[i])).OfType<string>()]);
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }

    private static TrainedModel Open(JoinRequest request, int member)
    {
        if (member == 0)
        {
            return Single(TrainedModel.Open(request.Base, request.Settings, request.Prompts, request.Config));
        }

        string target = request.Branches[member - 1];
        return IsAdapter(target)
            ? TrainedModel.OpenAdapted(request.Base, target, request.Settings, request.Config)
            : Single(TrainedModel.Open(target, request.Settings));
    }

    private static TrainedModel Single(TrainedModel model)
    {
        if (model.Detector is not JoinedDetector joined)
        {
            return model;
        }

        model.Dispose();
        throw new GraftException(
            Failure.Model, $"{model.Target} is a joined model ({string.Join(", ", joined.Members.Select(member => member.Name))}); a member is a single model.",
            "Give its members themselves, with the new ones, in one command.");
    }

    private static JoinedPart Part(JoinRequest request, TrainedModel model, int member, string name, IReadOnlyList<string> shown) => new()
    {
        Name = name,
        Prefix = member == 0 ? JoinedFile.BasePrefix : $"branches.{member - 1}.",
        Source = Path.GetFullPath(model.Path),
        Hash = BaseHash.Of(model.Detector.Network),
        Adapter = member > 0 && IsAdapter(request.Branches[member - 1]) ? Path.GetFullPath(request.Branches[member - 1]) : null,
        Names = shown,
        Metadata = Checkpoint.Metadata(RewriteFiles.Described(model.Config, model.Detector.Network), model.Vocabulary),
    };

    private static bool IsAdapter(string target)
    {
        if (Directory.Exists(target))
        {
            return false;
        }

        using WeightFile file = WeightFile.Open(target);
        return AdapterHeader.IsAdapter(file);
    }

    /// <summary>All members see the same input, so what decides it must agree.</summary>
    private static void RequireSameInput(TrainedModel plain, TrainedModel model)
    {
        (string Setting, string Base, string Own)[] settings =
        [
            ("train.imgsz", Text(plain.Config.Train.Imgsz), Text(model.Config.Train.Imgsz)), ("data.depth", Text(plain.Config.Data.Depth), Text(model.Config.Data.Depth)),
        ];
        foreach ((string setting, string expected, string found) in settings)
        {
            if (found != expected)
            {
                throw new GraftException(
                    Failure.Usage, $"{model.Target} has {setting}={found}, the base {plain.Target} has {expected}; all members of a joined model see the same input.",
                    $"Choose one for all members: {setting}={found}.");
            }
        }

        if (model.Detector.InputFit != plain.Detector.InputFit || !model.Detector.Network.Strides.SequenceEqual(plain.Detector.Network.Strides))
        {
            throw new GraftException(
                Failure.Model, $"{model.Target} is {model.Config.Model.Description}, the base {plain.Target} is {plain.Config.Model.Description}; they take different inputs.",
                "Join models that were adapted from this base.");
        }

        static string Text(int? value) => value is { } number ? FormattableString.Invariant($"{number}") : "null";
    }

    /// <summary>Notes on branches that share no layer and run beside the base. Only an adapter file shows that it belongs to the base.</summary>
    /// <exception cref="GraftException">Of kind Model: a model without a layer of the base.</exception>
    private static IEnumerable<string> Apart(JoinRequest request, JoinedDetector joined)
    {
        for (int i = 1; i < joined.Members.Count; i++)
        {
            if (joined.Joined.HasCommonMaps(i, TrialSide))
            {
                continue;
            }

            yield return IsAdapter(request.Branches[i - 1])
                ? $"{joined.Members[i].Name} was trained from the first layer on: it shares no layer with the base, and both run in full"
                : throw new GraftException(
                    Failure.Model, $"{joined.Members[i].Name} has no layer in common with the base: it was adapted from another one, or all its layers were trained.",
                    "Give the base that it was adapted from, in the same form (both plain, or both with norms folded), or the adapter file of its training.");
        }
    }

    /// <summary>A remark where a branch was evaluated with other thresholds than the joined model applies.</summary>
    private static string? Difference(TrainedModel plain, TrainedModel model, string name) => model.Config.Predict == plain.Config.Predict ? null
        : $"{name} has other thresholds (predict.*) than the base; the joined model applies those of the base to all members";

    /// <summary>Notes on what the proof does not cover.</summary>
    private static IEnumerable<string> Limits(Proof proof, IReadOnlyList<ProofImage> images)
    {
        if (images.Count == 0)
        {
            yield return "the validation images of the members were not found; only random inputs were compared";
        }

        if (proof.Boxes is not { Before: > 0 })
        {
            yield return "no box scores above the threshold: raw outputs were compared, final boxes were not";
        }
    }

    private static void RequireTarget(JoinRequest request, string path)
    {
        if (request.Branches.Count == 0)
        {
            throw new GraftException(Failure.Usage, "There is nothing to join with the base.", "Give adapter files or models that were adapted from it.");
        }

        if (!Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new GraftException(Failure.Usage, $"{path}: a joined model is a .safetensors file.", "Use .safetensors.");
        }

        string[] inputs = [.. request.Branches.Prepend(request.Base).Select(TrainedModel.FileOf)];
        if (InputPaths.ReplacedBy(path, inputs) is { } input)
        {
            throw new GraftException(Failure.Usage, $"{path} would replace {input}, which is one of the members.", "Give another file.");
        }
    }

    /// <summary>What is known of the members once their models are closed.</summary>
    private sealed record Members(IReadOnlyList<RunConfig> Configs, IReadOnlyList<string> Sources, IReadOnlyList<string> Notes);
}
