using System.Text.Json;
using Graft.Adapters;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Export;
using Graft.Files;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Exports a model as ONNX: merged, baked and folded as far as that is exact, and verified in ONNX Runtime against the model as it was
/// opened.</summary>
public static class ModelExport
{
    private const int FullDepth = 16;

    /// <summary>Exports a model.</summary>
    /// <param name="model">The model; not changed.</param>
    /// <param name="path">Target; complete or absent.</param>
    /// <param name="options">Size, form, thresholds.</param>
    /// <param name="note">Receives notes before and during the work.</param>
    /// <param name="progress">Receives the share of the search for an int8 model that is done, 0 to 1, and its last measurement.</param>
    /// <exception cref="GraftException">Of kind Export: ONNX Runtime does not give the same outputs, or a layer has no form in ONNX; of kind
    /// Refused: prompts without meaning, or an int8 model that loses too much or is not faster; of kind Data: calibration data that cannot be
    /// used; of kind Usage: the options do not fit the model or each other, or the target is the model's own file.</exception>
    public static ExportReport Run(
        TrainedModel model, string path, ModelExportOptions options, Action<string>? note = null, Action<double, string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        RequireTarget(model, path);
        RequireClasses(model, options);
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        return options.Int8 is { } int8
            ? Int8Export.Run(model, path, options, int8, target => Run(model, target, name, options, note), progress)
            : Run(model, path, name, options, note);
    }

    /// <summary>Exports the float model under a name of its own.</summary>
    private static ExportReport Run(TrainedModel model, string path, string name, ModelExportOptions options, Action<string>? note)
    {
        RequireMeaning(model, options);
        foreach (string sentence in model.Vocabulary.Notes)
        {
            note?.Invoke(sentence);
        }

        if (model.Config.Data.Depth is { } depth and < FullDepth)
        {
            note?.Invoke($"the model was trained with data.depth={depth}; Graft.Runtime reads all 16 bits of image files: give it Mono16 pixels with the range 0 to {(1 << depth) - 1}");
        }

        ExportOptions form = FormOf(model, options);
        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<ProofImage> images = ImagesOf(model, form, note);
        if (model.Detector is JoinedDetector joined)
        {
            // Its members were rewritten, or not, before they were joined.
            RequireAllClasses(joined);
            return Write(model, Subject.Of(joined), null, path, name, form, options, images);
        }

        using Rewritten rewritten = Rewrite(model, options, images, note);
        try
        {
            return Write(model, rewritten.Subject, rewritten, path, name, form, options, images);
        }
        catch (GraftException error) when (error.Failure == Failure.Export && options is { Dynamic: true, KeepAdapters: false } && rewritten.Adapters.Count > 0)
        {
            // What is left of a nonlinear adapter after merging may run image by image.
            note?.Invoke($"adapters are exported as they are: {error.Message}");
        }

        using Rewritten plain = Rewrite(model, options with { KeepAdapters = true }, images, note);
        return Write(model, plain.Subject, plain, path, name, form, options, images);
    }

    /// <summary>Height and width of the input.</summary>
    internal static (int Height, int Width) SizeOf(TrainedModel model, ModelExportOptions options)
        => options.Size ?? (model.Config.Train.Imgsz, model.Config.Train.Imgsz);

    /// <summary>Refuses to bake prompts without meaning.</summary>
    internal static void RequireMeaning(TrainedModel model, ModelExportOptions options)
    {
        if (!options.TextInput && model.Detector is ITextDetector)
        {
            ModelRewriting.RequireMeaning(model, options.AllowStandIns);
        }
    }

    /// <summary>The form of the ONNX model.</summary>
    internal static ExportOptions FormOf(TrainedModel model, ModelExportOptions options)
    {
        (int height, int width) = SizeOf(model, options);
        return new ExportOptions
        {
            Size = new InputSize(options.Batch, height, width),
            DynamicBatch = options.Dynamic,
            DynamicSize = options.Dynamic,
            TextInput = options.TextInput,
            Suppression = options.Suppression,
            Half = options.Half,
            // Each member of a joined model may give the largest number of boxes.
            Thresholds = model.Config.Predict with
            {
                ScoreThreshold = options.Score,
                MaxPerImage = model.Config.Predict.MaxPerImage * (model.Detector is JoinedDetector joined ? joined.Members.Count : 1),
            },
        };
    }

    /// <summary>Validation images of the model's size, for the verification.</summary>
    internal static IReadOnlyList<ProofImage> ImagesOf(TrainedModel model, ExportOptions form, Action<string>? note)
    {
        IReadOnlyList<ProofImage> images = ProofImages.From(model.Config, 2, form.Size.Width, form.Size.Height);
        if (images.Count == 0)
        {
            note?.Invoke("the validation images of the model were not found; only random inputs were compared");
        }

        return images;
    }

    /// <summary>The model merged, baked and, with <paramref name="fold"/>, folded as far as that is exact, with its proof.</summary>
    internal static Rewritten Rewrite(
        TrainedModel model, ModelExportOptions options, IReadOnlyList<ProofImage> images, Action<string>? note, bool fold = true)
    {
        using Rewrite rewrite = Rewriting.Rewrite.Of(model.Detector);
        if (!options.KeepAdapters && ModelCopy.Attached(model.Detector.Network).Any())
        {
            rewrite.MergeAdapters();
        }

        if (!options.TextInput && model.Detector is ITextDetector { ReadsText: true })
        {
            Try(() => rewrite.Bake(options.BakeNeck), "the text is a constant of the graph");
        }

        if (fold)
        {
            Try(() => rewrite.FoldNorms(), "norms are folded in the graph");
        }

        return rewrite.Prove(new ProofOptions { TimedRuns = 0, CostSide = model.Config.Train.Imgsz }, images);

        void Try(Action step, string otherwise)
        {
            try
            {
                step();
            }
            catch (GraftException error) when (error.Failure is Failure.Refused or Failure.Model)
            {
                note?.Invoke($"{otherwise}: {error.Message}");
            }
        }
    }

    private static ExportReport Write(
        TrainedModel model, Subject deployed, Rewritten? rewritten, string path, string name, ExportOptions form, ModelExportOptions options, IReadOnlyList<ProofImage> images)
    {
        ExportReport report = OnnxExport.Write(
            model.Detector, deployed, path, form, DescriptionOf(model, rewritten, name, options), images, options.Tolerance);
        return report with { Rewrite = rewritten?.Report };
    }

    /// <summary>What the metadata says about the model.</summary>
    internal static ExportDescription DescriptionOf(TrainedModel model, Rewritten? rewritten, string name, ModelExportOptions options)
        => new(name, ConfigSchema.KindOf(model.Config.Model.GetType()) ?? "detector", Provenance.Version(), model.Vocabulary.Names, DataName(model.Config))
        {
            ClassThresholds = options.ClassScores,
            TextSource = model.Vocabulary.Source,
            TextEncoder = model.Vocabulary.Encoder,
            Date = File.GetLastWriteTimeUtc(model.Path),
            Provenance = ProvenanceOf(model, rewritten),
        };

    private static Dictionary<string, string> ProvenanceOf(TrainedModel model, Rewritten? rewritten)
    {
        Dictionary<string, string> entries = new()
        {
            ["source"] = Json(new { file = System.IO.Path.GetFileName(model.Path), sha256 = BaseHash.Of(model.Detector.Network), graft = Provenance.Revision() }),
        };
        if (model.Detector is ITextDetector)
        {
            entries["prompts"] = Json(new { names = model.Vocabulary.Names, source = model.Vocabulary.Source });
        }

        string[] adapters = [.. ModelCopy.Attached(model.Detector.Network).Select(found => ((Adapter)found.Layer).Options.Kind).Distinct()];
        if (adapters.Length > 0)
        {
            entries["adapter"] = Json(new { kinds = adapters, rewrites = rewritten?.Log.Steps ?? [] });
        }

        return entries;
    }

    private static string DataName(RunConfig config)
        => config.Data.Root is { } root && System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(root)) is { Length: > 0 } name ? name : "data";

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonStyles.Compact);

    /// <summary>Refuses a target before anything is computed.</summary>
    internal static void RequireTarget(TrainedModel model, string path)
    {
        if (!".onnx".Equals(System.IO.Path.GetExtension(path), StringComparison.OrdinalIgnoreCase))
        {
            throw new GraftException(Failure.Usage, $"{path}: the file type is not supported.", "Use .onnx.");
        }

        if (InputPaths.ReplacedBy(path, [model.Path]) is not null)
        {
            throw new GraftException(Failure.Usage, $"{path} is the file that this model was opened from.", "Give another file.");
        }
    }

    /// <summary>Refuses a joined model that was opened with some of its classes: its network has them all.</summary>
    private static void RequireAllClasses(JoinedDetector joined)
    {
        string[] all = [.. joined.Members.SelectMany(member => member.Names)];
        if (!joined.Names.SequenceEqual(all))
        {
            throw new GraftException(
                Failure.Usage, $"The joined model was opened with the classes {Listed.All(joined.Names)}; an export has all classes of its members: {Listed.All(all)}.",
                "Leave the prompts out, or give them when the models are joined: graft join.");
        }
    }

    internal static void RequireClasses(TrainedModel model, ModelExportOptions options)
    {
        if (options.ClassScores.Keys.FirstOrDefault(name => !model.Vocabulary.Names.Contains(name)) is { } unknown)
        {
            string? near = Nearest.To(unknown, model.Vocabulary.Names);
            throw new GraftException(
                Failure.Usage, $"The model has no class {unknown}.", near is null ? $"It has {Listed.All(model.Vocabulary.Names)}." : $"Did you mean {near}?");
        }
    }
}
