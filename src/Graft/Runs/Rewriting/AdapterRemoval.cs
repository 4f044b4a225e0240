using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Rewriting;

namespace Graft.Runs;

/// <summary>Unmerges an adapter file from a model.</summary>
public static class AdapterRemoval
{
    private const string InUse = "removed";

    /// <summary>Unmerges the adapters and writes the model; the file is complete or absent.</summary>
    /// <param name="merged">The merged model; not changed.</param>
    /// <param name="file">The adapters that were merged; plain LoRA, the only kind that has an inverse.</param>
    /// <param name="path">Target: <c>.safetensors</c>.</param>
    /// <param name="plain">The base, if it was kept: then it is written bit for bit.</param>
    /// <exception cref="MergeRefusedException">The base with these adapters does not give the merged model, or the matrix of one has no inverse; nothing is
    /// written.</exception>
    /// <exception cref="GraftException">Of kind Usage: another kind of adapter; of kind Model: another base.</exception>
    public static AdapterRemovalReport Write(TrainedModel merged, AdapterFile file, string path, TrainedModel? plain = null)
    {
        Unmerged result = Of(merged, file, plain);
        using DetectionNetwork network = result.Network;
        TrainedModel described = plain ?? merged;
        Dictionary<string, string> metadata = Checkpoint.Metadata(described.Config, described.Vocabulary);
        metadata["graft.source"] = Path.GetFullPath(merged.Path);
        SafeTensorsWriter.Write(path, Checkpoint.Tensors(network, described.Vocabulary), metadata);
        return new AdapterRemovalReport(result.Exact, result.MaxRelative, result.Exact ? 0 : file.Unfrozen.Count);
    }

    /// <summary>The model without the adapters; unfrozen weights keep their tuned values, unless the base is given.</summary>
    /// <param name="merged">The merged model; not changed.</param>
    /// <param name="file">The adapters that were merged; plain LoRA, the only kind that has an inverse.</param>
    /// <param name="plain">The base, if it was kept: then the result equals it bit for bit, after the proof that it is the base of the
    /// merge.</param>
    /// <exception cref="MergeRefusedException">The base with these adapters does not give the merged model, or the matrix of one has no inverse.</exception>
    /// <exception cref="GraftException">Of kind Usage: another kind of adapter; of kind Model: another base.</exception>
    public static Unmerged Of(TrainedModel merged, AdapterFile file, TrainedModel? plain = null)
    {
        ArgumentNullException.ThrowIfNull(merged);
        ArgumentNullException.ThrowIfNull(file);
        if (file.Adapters.FirstOrDefault(stored => stored.Options is not LoraOptions) is { } other)
        {
            throw new GraftException(
                Failure.Usage, $"{file.Name} holds a {other.Options.Kind} at {other.Site.Name}; only LoRA can be unmerged.",
                "Use the base itself, which holds the weights before the merge.");
        }

        List<(string Path, LoraAdapter Adapter)> adapters = [];
        try
        {
            foreach (StoredAdapter stored in file.Adapters)
            {
                adapters.Add((stored.Site.ModulePath, (LoraAdapter)file.Build(stored)));
                adapters[^1].Adapter.Train(false);
            }

            Subject subject = Subject.Of(merged.Detector);
            if (plain is null)
            {
                return UnmergeAdapters.Of(subject, adapters);
            }

            using DetectionNetwork tuned = Tuned(plain, file);
            Unmerged shown = UnmergeAdapters.Of(subject, adapters, tuned);
            shown.Network.Dispose();
            return shown with { Network = ModelCopy.Of(plain.Detector.Network) };
        }
        finally
        {
            adapters.ForEach(entry => entry.Adapter.Dispose());
        }
    }

    /// <summary>The base with the file's unfrozen weights, without its adapters.</summary>
    private static DetectionNetwork Tuned(TrainedModel plain, AdapterFile file)
    {
        using AdapterSet set = new(plain.Detector.Network);
        set.Add(InUse, file);
        set.Use(InUse);
        return ModelCopy.Bare(plain.Detector.Network);
    }
}
