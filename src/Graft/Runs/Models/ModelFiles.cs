using Graft.Adapters;
using Graft.Files;
using Graft.Models;
using Graft.Peft;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>Checks files that are given as models, with messages that name what they are instead.</summary>
internal static class ModelFiles
{
    /// <summary>Refuses adapter files, which are not complete models.</summary>
    /// <exception cref="GraftException">Of kind Model: the file holds an adapter.</exception>
    internal static void RequireWhole(WeightFile file)
    {
        if (AdapterHeader.IsAdapter(file))
        {
            string hash = file.Metadata.GetValueOrDefault("base_sha256", "");
            throw new GraftException(
                Failure.Model, $"{file.Path} is an adapter file: it holds the changes of tuning to the base {hash[..Math.Min(12, hash.Length)]}, not a whole model.",
                $"Name the base and add --adapter {file.Path}; or merge both: graft merge BASE --adapter {file.Path} --out FILE.");
        }

        if (!Checkpoint.IsGraftFile(file) && file.Entries.Count > 0 && file.Entries.All(entry => entry.Name.Contains(".lora_", StringComparison.Ordinal)))
        {
            throw new GraftException(
                Failure.Model, $"{file.Path} holds a LoRA of the PEFT library, not a whole model.", "Merge it into its base: graft peft merge BASE FOLDER --out FILE.");
        }
    }

    /// <summary>The network in a file by its metadata or its tensors; null when it is not recognised.</summary>
    internal static ModelOptions? ModelOf(WeightFile file) => Checkpoint.IsGraftFile(file) ? Checkpoint.ConfigOf(file).Model : ModelFamilies.TryRecognise(file);

    /// <summary>Loads weights into a network; when they do not fit, the error begins with the network that the file holds.</summary>
    /// <exception cref="GraftException">The file does not fit.</exception>
    internal static LoadReport Load(Module network, WeightFile file, ModelOptions asked, NameMap? map, LoadOptions options)
    {
        try
        {
            LoadReport report = network.LoadWeights(file, map, options).ThrowUnlessComplete();
            return report.NotFinite.Count == 0 ? report : throw new GraftException(
                Failure.Model,
                $"{file.Path}: {Counted.Of(report.NotFinite.Count, "tensor")} with NaN or infinity, first {Printable.Name(report.NotFinite[0])}; the model cannot detect.",
                "Use a checkpoint from before its training diverged.");
        }
        catch (GraftException error) when (error.Details is not null && ModelFamilies.Difference(file, ModelOf(file), asked) is { } difference)
        {
            throw new GraftException(Failure.Model, $"{difference.Message}{Environment.NewLine}{error.Message}", difference.Hint, error) { Details = error.Details };
        }
    }

    /// <summary>The error for a folder that is not a run.</summary>
    internal static GraftException NoRun(string folder)
        => File.Exists(Path.Combine(folder, PeftConfig.FileName))
            ? new GraftException(Failure.Model, $"{folder} holds an adapter of the PEFT library, not a whole model.", $"Merge it into its base: graft peft merge BASE {folder} --out FILE.")
            : new GraftException(
                Failure.Model, $"{folder} holds neither weights/best.safetensors nor weights/last.safetensors, so it is no run folder with a model.",
                "Give a run folder whose first epoch is finished, or a weight file.");
}
