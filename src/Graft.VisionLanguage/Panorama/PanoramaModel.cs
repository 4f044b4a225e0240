using Graft.Files;
using Graft.Peft;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.VisionLanguage;

/// <summary>A PanoramaVLM with its LoRA, and the report of the checkpoint check.</summary>
public sealed class PanoramaModel : IDisposable
{
    private PanoramaModel(PanoramaVlm model, PanoramaCheck check) => (Model, Check) = (model, check);

    /// <summary>The model.</summary>
    public PanoramaVlm Model { get; }

    /// <summary>The report of the checkpoint check.</summary>
    public PanoramaCheck Check { get; }

    /// <summary>Opens a checkpoint with its LoRA, inside the checkpoint or beside it.</summary>
    /// <param name="path">A checkpoint, or a folder of checkpoints.</param>
    /// <param name="opening">Settings; null for the defaults.</param>
    /// <exception cref="GraftException">The check has findings that are not explained (exit code 4).</exception>
    public static PanoramaModel Open(string path, PanoramaOpening? opening = null)
    {
        opening ??= new PanoramaOpening();
        PanoramaCheck check = PanoramaCheck.Of(path, opening).ThrowUnlessExplained();
        if (check.Load is null)
        {
            throw new GraftException(Failure.Model, $"{path}: a list of names without weights can be checked, but not run.");
        }

        PanoramaCheckpoint loaded = PanoramaCheckpoint.Load(check.Choice.Path, opening.Loading(check.Used == LoraChoice.Checkpoint, check.Sizes));
        try
        {
            if (check.Folder is { } folder)
            {
                using PeftAdapter adapter = PeftAdapter.Open(folder);
                Attach(loaded.Model, adapter, opening.Merge);
            }

            return new PanoramaModel(loaded.Model, check);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>The tokenizer's folder: the given one, else the checkpoint's folder or <c>tokenizer</c> in it; null when there is none.</summary>
    /// <param name="named">A given folder, or null.</param>
    public string? FindTokenizer(string? named = null)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(Check.Choice.Path))!;
        return named ?? new[] { folder, Path.Combine(folder, "tokenizer") }
            .FirstOrDefault(one => File.Exists(Path.Combine(one, "tokenizer.json")) || File.Exists(Path.Combine(one, "vocab.json")));
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private static void Attach(PanoramaVlm model, PeftAdapter adapter, bool merge)
    {
        using NoGrad off = NoGrad.Begin();
        Replace(model, adapter);
        Dictionary<string, LoraLinear> layers = model.Language.Projections.ToDictionary(projection => projection.Path, projection => projection.Layer);
        foreach (LoraModule module in adapter.Modules)
        {
            using TensorScope scope = TensorScope.Begin();
            if (!layers.TryGetValue(module.Path, out LoraLinear? layer) || module.Bias is not null)
            {
                throw new GraftException(Failure.Model, $"{adapter.Source}: {module} is not a linear layer without an additional bias.",
                    "Merge the adapter with graft peft merge and use the result.");
            }

            if (merge)
            {
                layer.Weight.Value.CopyFrom(LoraMath.Merged(module, layer.Weight.Value.To(DType.Double), transposed: false));
                continue;
            }

            if (module.Magnitude is not null)
            {
                throw new GraftException(Failure.Model, $"{adapter.Source}: {module} is DoRA, which can only be used merged.", "Do not switch merging off.");
            }

            layer.AddUpdate(module.Rank, module.Scaling);
            module.A.CopyInto(layer.Down!.Weight.Value);
            module.B.CopyInto(layer.Up!.Weight.Value);
        }
    }

    /// <summary>Replaces tensors of the base by whole tensors of the adapter; a separate head is only possible without weight tying.</summary>
    private static void Replace(PanoramaVlm model, PeftAdapter adapter)
    {
        Dictionary<string, Tensor> places = model.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        Dictionary<string, WeightEntry> taken = [];
        foreach ((string name, WeightEntry entry) in adapter.Replacements)
        {
            string target = PanoramaNames.FirstNameOf("language_model." + name, model.Options.Language.TiedHead);
            if (taken.TryGetValue(target, out WeightEntry? other) && !other.ContentEquals(entry))
            {
                throw new GraftException(Failure.Model, $"{adapter.Source}: {entry.Name} and {other.Name} differ, but the model has one tensor for both.",
                    "Use the result of graft peft merge, which unties them.");
            }

            taken[target] = entry;
            entry.CopyInto(places[target]);
        }
    }
}
