using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.VisionLanguage;

/// <summary>A PanoramaVLM that was loaded from a training checkpoint, and what the loading found.</summary>
public sealed class PanoramaCheckpoint : IDisposable
{
    private PanoramaCheckpoint(PanoramaVlm model, LoadReport report, CheckpointNames names, IReadOnlyList<string> notes)
        => (Model, Report, Names, Notes) = (model, report, names, notes);

    /// <summary>The model.</summary>
    public PanoramaVlm Model { get; }

    /// <summary>What became of every tensor.</summary>
    public LoadReport Report { get; }

    /// <summary>What the names alone say.</summary>
    public CheckpointNames Names { get; }

    /// <summary>The LoRA updates of the checkpoint, or null when it has none.</summary>
    public LoraSummary? Lora { get; private init; }

    /// <summary>What a careful user should know.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Loads a checkpoint. Sizes come from <c>model_config.json</c> beside it, or else from the shapes of its weights.</summary>
    /// <param name="path">A Lightning checkpoint, or the weights alone.</param>
    /// <param name="sizes">Sizes, when they are known already.</param>
    /// <param name="merge">Whether LoRA updates are dissolved into the weights; else they stay beside them.</param>
    /// <exception cref="GraftException">The file is no such checkpoint, or something in it is not explained.</exception>
    public static PanoramaCheckpoint Load(string path, PanoramaVlmOptions? sizes = null, bool merge = true)
    {
        using WeightFile file = WeightFile.Open(path);
        PickleValue? training = file.Root?["hyper_parameters"];
        List<string> notes = [];
        PanoramaVlmOptions options = sizes ?? Sizes(path, file, training, notes);
        NameMap map = PanoramaNames.From(file.Entries.Select(entry => entry.Name), options.Language.TiedHead);

        using Init.Skipping skipped = Init.Skip();
        var model = new PanoramaVlm(options);
        try
        {
            LoraSummary? lora = AddUpdates(model, file, map, training, path);
            LoadReport report = model.LoadWeights(file, map);
            CheckpointNames names = CheckpointNames.Sort([.. file.Entries.Select(entry => entry.Name)], PanoramaNames.Published(model).Select(w => w.Name));
            model.Freeze();
            lora = lora?.Measured(model);
            if (lora is { ZeroUpdates: > 0 })
                notes.Add(lora.HasEffect ? $"{lora.ZeroUpdates} of {lora.Modules} LoRA updates are zero" : "every LoRA update is zero: the adapter has no effect");
            if (merge)
                Merge(model);
            return new PanoramaCheckpoint(model, report, names, notes) { Lora = lora };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Dissolves all LoRA updates of a model into its weights.</summary>
    public static void Merge(PanoramaVlm model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach ((_, LoraLinear layer) in model.Language.Projections.Where(p => p.Layer.Down is not null).ToList())
            layer.Merge();
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private static PanoramaVlmOptions Sizes(string path, WeightFile file, PickleValue? training, List<string> notes)
    {
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, PanoramaConfig.FileName);
        if (File.Exists(config))
            return PanoramaConfig.Read(config);

        bool tied = IsTied(file);
        NameMap map = PanoramaNames.From(file.Entries.Select(entry => entry.Name), tied);
        var shapes = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal);
        foreach (WeightEntry entry in file.Entries)
            shapes[map.TryApply(entry.Name, out _, out NameTarget target) ? target.Pattern ?? entry.Name : entry.Name] = entry.Shape;
        PanoramaVlmOptions sizes = new PanoramaShapes(path, shapes).Infer();
        notes.Add($"there is no {PanoramaConfig.FileName}: sizes were taken from the weights, and stitching is drop_overlap unless you say otherwise");
        return sizes with
        {
            Overlap = training?["overlap_ratio"]?.Number ?? sizes.Overlap,
            MaxTextLength = (int?)training?["max_text_length"]?.Integer ?? sizes.MaxTextLength,
        };
    }

    /// <summary>Whether the output layer is the token table: stored as one, absent, or equal byte for byte.</summary>
    private static bool IsTied(WeightFile file)
    {
        WeightEntry? head = file.Entries.FirstOrDefault(entry => entry.Name.EndsWith("lm_head.weight", StringComparison.Ordinal));
        WeightEntry? table = file.Entries.FirstOrDefault(entry => entry.Name.EndsWith("model.embed_tokens.weight", StringComparison.Ordinal));
        return head is null || table is null || head.StorageKey == table.StorageKey || head.Sha256() == table.Sha256();
    }

    private static LoraSummary? AddUpdates(PanoramaVlm model, WeightFile file, NameMap map, PickleValue? training, string path)
    {
        Dictionary<string, int> ranks = new(StringComparer.Ordinal);
        foreach (WeightEntry entry in file.Entries)
        {
            if (map.TryApply(entry.Name, out _, out NameTarget target) && target.Pattern is { } name
                && name.IndexOf(".lora_A.", StringComparison.Ordinal) is > 0 and int at)
            {
                ranks[name["language_model.".Length..at]] = (int)entry.Shape[0];
            }
        }

        if (ranks.Count == 0)
            return null;
        double alpha = training?["use_lora_cfg"]?["alpha"]?.Number ?? throw new GraftException(Failure.Model,
            $"{path}: has LoRA matrices, but hyper_parameters.use_lora_cfg.alpha, without which their scale is not known, is missing.",
            "Merge the adapter folder lora_weights, whose adapter_config.json has lora_alpha.");
        Dictionary<string, LoraLinear> layers = model.Language.Projections.ToDictionary(p => p.Path, p => p.Layer);
        foreach ((string module, int rank) in ranks)
        {
            if (layers.TryGetValue(module, out LoraLinear? layer))
                layer.AddUpdate(rank, alpha / rank);
        }

        return new LoraSummary(ranks.Count, [.. ranks.Values.Distinct().Order()], alpha);
    }
}
