using Graft.Files;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.VisionLanguage;

/// <summary>A PanoramaVLM that was loaded from a training checkpoint, and the load report.</summary>
public sealed class PanoramaCheckpoint : IDisposable
{
    private PanoramaCheckpoint(PanoramaVlm model, LoadReport report, CheckpointNames names, IReadOnlyList<string> notes)
        => (Model, Report, Names, Notes) = (model, report, names, notes);

    /// <summary>The model.</summary>
    public PanoramaVlm Model { get; }

    /// <summary>The use of every tensor.</summary>
    public LoadReport Report { get; }

    /// <summary>The classes of the names.</summary>
    public CheckpointNames Names { get; }

    /// <summary>The LoRA updates of the checkpoint, or null when it has none.</summary>
    public LoraSummary? Lora { get; private init; }

    /// <summary>Remarks for the user.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Two names of one tensor that hold different values; the caller chose one of them.</summary>
    public IReadOnlyList<AliasConflict> AliasConflicts { get; private init; } = [];

    /// <summary>Loads a checkpoint. Sizes come from <c>model_config.json</c> beside it, or else from the shapes of its weights.</summary>
    /// <param name="path">A Lightning checkpoint, or the weights alone.</param>
    /// <param name="loading">Settings; null for the defaults.</param>
    /// <exception cref="GraftException">The file is not such a checkpoint, or has tensors that are not explained.</exception>
    public static PanoramaCheckpoint Load(string path, PanoramaLoading? loading = null)
    {
        loading ??= new PanoramaLoading();
        using WeightFile file = WeightFile.Open(path);
        List<string> notes = [];
        (PanoramaVlm model, NameMap map, LoraSummary? lora) = Prepare(file, loading, notes);
        try
        {
            IReadOnlyList<AliasConflict> conflicts = AliasConflict.Of(LoadReport.Compare(model.ExpectedWeights(), file, map, loading.Allowed), file);
            LoadReport report = model.LoadWeights(file, Decided(conflicts, loading.Aliases).Then(map), loading.Allowed);
            model.Freeze();
            lora = lora?.Measured(model);
            if (lora is { ZeroUpdates: > 0 })
            {
                notes.Add(lora.HasEffect ? $"{lora.ZeroUpdates} of {lora.Modules} LoRA updates are zero" : "every LoRA update is zero: the adapter has no effect");
            }

            if (loading.Merge)
            {
                Merge(model);
            }

            return new PanoramaCheckpoint(model, report, NamesOf(file, model), notes) { Lora = lora, AliasConflicts = conflicts };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A model of the file's sizes with initial weights and the LoRA layers that are to be loaded.</summary>
    internal static (PanoramaVlm Model, NameMap Map, LoraSummary? Lora) Prepare(WeightFile file, PanoramaLoading loading, List<string> notes)
    {
        PickleValue? training = file.Root?["hyper_parameters"];
        PanoramaVlmOptions options = loading.Sizes ?? Sizes(file, loading.SizesFile, training, notes);
        NameMap map = PanoramaNames.From(file.Entries.Select(entry => entry.Name), options.Language.TiedHead);
        using Init.Skipping skipped = Init.Skip();
        PanoramaVlm model = new(options);
        try
        {
            if (loading.Lora)
            {
                return (model, map, AddUpdates(model, file, map, training));
            }

            NameMap without = new();
            foreach (WeightEntry entry in file.Entries.Where(entry => UpdateOf(entry, map) is not null))
            {
                without[entry.Name] = NameMap.Drop("this LoRA is not used");
            }

            return (model, without.Then(map), null);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The classes of a file's names.</summary>
    internal static CheckpointNames NamesOf(WeightFile file, PanoramaVlm model)
        => CheckpointNames.Sort([.. file.Entries.Select(entry => entry.Name)], PanoramaNames.Published(model).Select(weight => weight.Name), model.Options.Language.TiedHead);

    /// <summary>Merges all LoRA updates of a model into its weights.</summary>
    public static void Merge(PanoramaVlm model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach ((_, LoraLinear layer) in model.Language.Projections.Where(p => p.Layer.Down is not null).ToList())
        {
            layer.Merge();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    /// <summary>Drops one name of each conflict; none when the caller refuses conflicts, so that the load fails.</summary>
    private static NameMap Decided(IEnumerable<AliasConflict> conflicts, AliasChoice choice)
    {
        NameMap map = new();
        foreach (AliasConflict conflict in conflicts.Where(_ => choice != AliasChoice.Refuse))
        {
            map[choice == AliasChoice.First ? conflict.Second : conflict.First] = NameMap.Drop($"differs from its other name; the {choice.ToString().ToLowerInvariant()} was chosen");
        }

        return map;
    }

    private static PanoramaVlmOptions Sizes(WeightFile file, string? config, PickleValue? training, List<string> notes)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, PanoramaConfig.FileName);
        if (config is not null || File.Exists(beside))
        {
            return PanoramaConfig.Read(config ?? beside);
        }

        PanoramaVlmOptions sizes = SizesOf(file.Path, file.Entries.Select(entry => (entry.Name, entry.Shape)), IsTied(file));
        notes.Add($"there is no {PanoramaConfig.FileName}: sizes were inferred from the weights, and stitching is drop_overlap unless it is set");
        return sizes with
        {
            Overlap = training?["overlap_ratio"]?.Number ?? sizes.Overlap,
            MaxTextLength = (int?)training?["max_text_length"]?.Integer ?? sizes.MaxTextLength,
        };
    }

    /// <summary>Sizes from names and shapes alone.</summary>
    internal static PanoramaVlmOptions SizesOf(string source, IEnumerable<(string Name, IReadOnlyList<long> Shape)> tensors, bool tiedHead)
    {
        List<(string Name, IReadOnlyList<long> Shape)> all = [.. tensors];
        NameMap map = PanoramaNames.From(all.Select(tensor => tensor.Name), tiedHead);
        Dictionary<string, IReadOnlyList<long>> shapes = new(StringComparer.Ordinal);
        foreach ((string name, IReadOnlyList<long> shape) in all)
        {
            string inner = NameMap.WithoutWrappers(name);
            shapes[map.TryApply(inner, out _, out NameTarget target) ? target.Pattern ?? inner : inner] = shape;
        }

        return new PanoramaShapes(source, shapes).Infer();
    }

    /// <summary>Whether the output layer is the token embedding: stored as one, absent, or equal byte for byte.</summary>
    private static bool IsTied(WeightFile file)
    {
        WeightEntry? head = file.Entries.FirstOrDefault(entry => entry.Name.EndsWith("lm_head.weight", StringComparison.Ordinal));
        WeightEntry? table = file.Entries.FirstOrDefault(entry => entry.Name.EndsWith("model.embed_tokens.weight", StringComparison.Ordinal));
        bool tied = head is null || table is null || head.ContentEquals(table);
        head?.Release();
        table?.Release();
        return tied;
    }

    /// <summary>The model's name of a LoRA matrix; null for other tensors.</summary>
    private static string? UpdateOf(WeightEntry entry, NameMap map)
        => map.TryApply(NameMap.WithoutWrappers(entry.Name), out _, out NameTarget target) && target.Pattern is { } name
            && name.Contains(".lora_", StringComparison.Ordinal) ? name : null;

    private static LoraSummary? AddUpdates(PanoramaVlm model, WeightFile file, NameMap map, PickleValue? training)
    {
        Dictionary<string, int> ranks = new(StringComparer.Ordinal);
        foreach (WeightEntry entry in file.Entries)
        {
            if (UpdateOf(entry, map) is { } name && name.IndexOf(".lora_A.", StringComparison.Ordinal) is > 0 and int at)
            {
                ranks[name["language_model.".Length..at]] = (int)entry.Shape[0];
            }
        }

        if (ranks.Count == 0)
        {
            return null;
        }

        double alpha = training?["use_lora_cfg"]?["alpha"]?.Number ?? throw new GraftException(Failure.Model,
            $"{file.Path}: has LoRA matrices, but hyper_parameters.use_lora_cfg.alpha, which determines their scale, is missing.",
            "Use the adapter folder lora_weights, whose adapter_config.json has lora_alpha.");
        Dictionary<string, LoraLinear> layers = model.Language.Projections.ToDictionary(p => p.Path, p => p.Layer);
        foreach ((string module, int rank) in ranks)
        {
            if (layers.TryGetValue(module, out LoraLinear? layer))
            {
                layer.AddUpdate(rank, alpha / rank);
            }
        }

        return new LoraSummary(ranks.Count, [.. ranks.Values.Distinct().Order()], alpha);
    }
}
