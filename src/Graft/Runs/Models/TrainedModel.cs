using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.Clip;
using Graft.Models.Ultralytics;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>A detector from a run folder or a weight file, ready to evaluate and predict.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly Vocabulary _initial;
    private AdapterSet? _adapters;

    private TrainedModel(string target, string path, RunConfig config, Vocabulary vocabulary, IDetector detector, LoadReport report)
        => (Target, Path, Config, _initial, Vocabulary, Detector, Report) = (target, path, config, vocabulary, vocabulary, detector, report);

    /// <summary>The run folder or file that it was opened from, for messages.</summary>
    public string Target { get; }

    /// <summary>The weight file.</summary>
    public string Path { get; }

    /// <summary>The configuration of its training.</summary>
    public RunConfig Config { get; }

    /// <summary>The present class names with their text embeddings.</summary>
    public Vocabulary Vocabulary { get; private set; }

    /// <summary>Names of the adapters that were loaded.</summary>
    public IReadOnlyCollection<string> Adapters => _adapters?.Names ?? [];

    /// <summary>The detector, in evaluation mode.</summary>
    public IDetector Detector { get; }

    /// <summary>Report of loading the file.</summary>
    public LoadReport Report { get; }

    /// <summary>Opens a run folder (its best weights) or a weight file.</summary>
    /// <param name="target">Run folder or file.</param>
    /// <param name="overrides">Settings to change.</param>
    /// <param name="prompts">Prompts instead of those of the file, for detectors that read text; null: those of the file.</param>
    /// <param name="config">Configuration for a file that contains none (an official checkpoint).</param>
    /// <exception cref="GraftException">Missing, unreadable, or weights that do not fit.</exception>
    public static TrainedModel Open(string target, IEnumerable<string> overrides, Vocabulary? prompts = null, string? config = null)
    {
        string path = FileOf(target);
        using WeightFile file = WeightFile.Open(path);
        ModelFiles.RequireWhole(file);
        return JoinedFile.IsJoined(file) ? OpenJoined(target, file, overrides, prompts, config) : OpenFile(target, file, overrides, prompts, config);
    }

    /// <summary>Opens a file, or a member of a joined one.</summary>
    internal static TrainedModel OpenFile(string target, WeightFile file, IEnumerable<string> overrides, Vocabulary? prompts = null, string? config = null)
    {
        string path = file.Path;
        UltralyticsFile? foreign = Checkpoint.IsGraftFile(file) ? null : UltralyticsFile.TryRead(file);
        RunConfig settings = ConfigOf(file, overrides, config, foreign);
        if (prompts is not null && settings.Model.HasBakedVocabulary)
        {
            RequireBaked(file, prompts.Names);
            prompts = null;
        }

        Vocabulary vocabulary = prompts ?? (Checkpoint.IsGraftFile(file) ? Checkpoint.VocabularyOf(file)
            : foreign is { Names.Count: > 0 } ? new Vocabulary(foreign.Names, foreign.TextFeatures, file.Path)
            : throw new GraftException(Failure.Usage, $"{path} contains no class names.", "Give them: --prompts \"scratch,dent\" or --prompts FILE.json."));
        IDetector detector = DetectorFactory.Create(settings.Model, vocabulary);
        try
        {
            if (prompts is null && detector is ITextDetector reader && file.TryGet("embeddings") is { } own)
            {
                using TensorScope scope = TensorScope.Begin();
                reader.LearnPrompts(own.ToTensor(), settings.Text.Learn, file.TryGet("adapter.0.weight") is not null);
            }

            Tuning.Apply(detector, settings);
            LoadReport report = ModelFiles.Load(detector.Network, file, settings.Model, foreign?.Map, TrainingRun.BaseWeights);
            detector.Network.Train(false);
            detector.Network.Freeze();
            return new TrainedModel(target, path, settings, vocabulary, detector, report);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private static TrainedModel OpenJoined(string target, WeightFile file, IEnumerable<string> overrides, Vocabulary? prompts, string? config)
    {
        RunConfig settings = ConfigOf(file, overrides, config, null);
        (JoinedDetector detector, Vocabulary vocabulary, LoadReport report) = JoinedFile.Open(file, [.. overrides], prompts);
        return new TrainedModel(target, file.Path, settings, vocabulary, detector, report);
    }

    /// <summary>Opens a base with an active adapter file; a base without class names takes those of the adapter.</summary>
    /// <param name="target">The base: a run folder or a weight file.</param>
    /// <param name="adapter">A file that training wrote as <c>weights/adapter.safetensors</c>.</param>
    /// <param name="overrides">Settings to change.</param>
    /// <param name="config">Configuration for a file that contains none.</param>
    /// <exception cref="GraftException">As <see cref="Open"/>; of kind Model also where the adapter belongs to another base.</exception>
    public static TrainedModel OpenAdapted(string target, string adapter, IEnumerable<string> overrides, string? config = null)
    {
        TrainedModel model = OpenBase(target, adapter, overrides, null, config);
        try
        {
            model.Load(adapter, adapter);
            model.Use(adapter);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Opens a base without an adapter; a base without class names takes those of an adapter.</summary>
    /// <param name="target">The base: a run folder or a weight file.</param>
    /// <param name="adapter">An adapter file for it.</param>
    /// <param name="overrides">Settings to change.</param>
    /// <param name="prompts">Prompts instead of those of the file; null: those of the file.</param>
    /// <param name="config">Configuration for a file that contains none.</param>
    /// <exception cref="GraftException">As <see cref="Open"/>.</exception>
    public static TrainedModel OpenBase(string target, string adapter, IEnumerable<string> overrides, Vocabulary? prompts = null, string? config = null)
    {
        if (prompts is null && VocabularyOf(target) is null)
        {
            using AdapterFile file = AdapterFile.Open(adapter);
            prompts = file.Vocabulary;
        }

        return Open(target, overrides, prompts, config);
    }

    /// <summary>The configuration of a run folder or weight file.</summary>
    /// <param name="target">Run folder or file.</param>
    /// <param name="overrides">Settings to change.</param>
    /// <param name="config">Configuration for a file that contains none.</param>
    public static RunConfig ConfigOf(string target, IEnumerable<string> overrides, string? config = null)
    {
        using WeightFile file = WeightFile.Open(FileOf(target));
        ModelFiles.RequireWhole(file);
        return ConfigOf(file, overrides, config, Checkpoint.IsGraftFile(file) ? null : UltralyticsFile.TryRead(file));
    }

    /// <summary>Loads an adapter file of this base under a name; <see cref="Use"/> activates it.</summary>
    /// <param name="name">Such as <c>line-3</c>.</param>
    /// <param name="path">A file that training wrote as <c>weights/adapter.safetensors</c>.</param>
    /// <exception cref="GraftException">Of kind Model: it belongs to another base.</exception>
    public void Load(string name, string path)
    {
        if (Detector is JoinedDetector)
        {
            throw new GraftException(
                Failure.Model, $"{Target} is a joined model: its branches hold their adapters, and it takes no further ones.",
                $"Join again with this one: graft join BASE ADAPTER... {path} --out FILE.");
        }

        (_adapters ??= new AdapterSet(Detector.Network)).Load(name, path);
    }

    /// <summary>Loads adapters of this base that are in memory; they are copied.</summary>
    internal void Load(string name, AdapterFile file) => (_adapters ??= new AdapterSet(Detector.Network)).Add(name, file);

    /// <summary>Activates a loaded adapter with the prompts of its training; null: the plain base.</summary>
    /// <param name="name">The name that it was loaded under.</param>
    /// <param name="strength">Share of its change, 0 to 1.</param>
    /// <param name="keepPrompts">Whether to keep the present prompts.</param>
    public void Use(string? name, double strength = 1, bool keepPrompts = false)
    {
        if (_adapters is null)
        {
            if (name is not null)
            {
                throw new GraftException(Failure.Usage, $"There is no adapter '{name}': none was loaded.", "Load it first.");
            }

            return;
        }

        _adapters.Use(name, strength);
        Vocabulary vocabulary = keepPrompts ? Vocabulary : _adapters.Vocabulary ?? _initial;
        if (ReferenceEquals(vocabulary, Vocabulary))
        {
            return;
        }

        if (Detector is ITextDetector reader)
        {
            reader.SetVocabulary(vocabulary);
            Vocabulary = vocabulary;
        }
        else if (vocabulary.Names.Count == Vocabulary.Names.Count)
        {
            Vocabulary = vocabulary;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _adapters?.Dispose();
        Detector.Dispose();
    }

    /// <summary>The text encoder of a model: the weight file itself where it contains one, as official checkpoints do, or the name of the
    /// registered one that it was trained with; null where neither is known.</summary>
    /// <param name="target">Run folder or file.</param>
    public static string? TextEncoderOf(string target)
    {
        string path = FileOf(target);
        using WeightFile file = WeightFile.Open(path);
        return ClipTextEncoder.IsIn(file) ? path
            : Checkpoint.IsGraftFile(file) && Checkpoint.VocabularyOf(file).Encoder is { } trained ? TextEncoders.NameOf(trained) : null;
    }

    /// <summary>The vocabulary in a weight file of Graft; null for other files.</summary>
    /// <param name="target">Run folder or file.</param>
    public static Vocabulary? VocabularyOf(string target)
    {
        using WeightFile file = WeightFile.Open(FileOf(target));
        return Checkpoint.IsGraftFile(file) ? Checkpoint.VocabularyOf(file) : null;
    }

    /// <summary>The weight file of a run folder (its best weights), that of the built-in base, or the file itself.</summary>
    /// <param name="target">Run folder, file, or <see cref="BuiltInBase.Name"/>.</param>
    public static string FileOf(string target)
        => !Directory.Exists(target) ? BuiltInBase.Resolve(target) : RunFolder.Open(target).Model ?? throw ModelFiles.NoRun(target);

    /// <summary>A baked vocabulary is fixed: only the same classes in the same order are accepted.</summary>
    private static void RequireBaked(WeightFile file, IReadOnlyList<string> names)
    {
        IReadOnlyList<string> baked = Checkpoint.IsGraftFile(file) ? Checkpoint.VocabularyOf(file).Names : [];
        if (!baked.SequenceEqual(names))
        {
            string source = file.Metadata.GetValueOrDefault("graft.source", "the model that it was baked from");
            throw new GraftException(
                Failure.Usage, $"{file.Path} has its prompts baked in ({string.Join(", ", baked)}); found the prompts {string.Join(", ", names)}.",
                $"Bake new prompts into the source: graft reparam {source} --prompts ...");
        }
    }

    private static RunConfig ConfigOf(WeightFile file, IEnumerable<string> overrides, string? config, UltralyticsFile? foreign)
    {
        RunConfig settings = SettingsOf(file, overrides, config, foreign);
        return JoinedFile.IsJoined(file) ? settings : settings with { Model = ModelFamilies.WithFormOf(settings.Model, file) };
    }

    private static RunConfig SettingsOf(WeightFile file, IEnumerable<string> overrides, string? config, UltralyticsFile? foreign)
        => Checkpoint.IsGraftFile(file)
            ? config is null ? Checkpoint.ConfigOf(file, overrides) : throw new GraftException(
                Failure.Usage, $"{file.Path} contains its configuration, so --config {config} has no effect.",
                "Omit --config; single settings can be changed: predict.score_threshold=0.3.")
            : config is not null ? ConfigFinder.Load(config, overrides).Value
            : foreign is not null ? Checkpoint.Changed(new RunConfig { Model = foreign.Model }, overrides)
            : ModelFamilies.TryRecognise(file) is { } known ? Checkpoint.Changed(new RunConfig { Model = known }, overrides)
            : throw new GraftException(
                Failure.Model, ModelFamilies.OtherFamily(file) is { } other
                    ? $"{file.Path} is {other}, which Graft does not implement."
                    : OnnxModel.IsOnnx(file.Path) ? $"{file.Path} is an ONNX model, which is exported already: predict and val run it, no other command changes it."
                    : $"{file.Path} contains no configuration of Graft, and its tensors belong to no network that Graft recognises.",
                OnnxModel.IsOnnx(file.Path) ? "Give the run folder or weight file that it was exported from."
                    : $"Graft has the networks {ModelFamilies.Titles}; name one of another size with --config configs/yolo_world/v2_s.yaml.");
}
