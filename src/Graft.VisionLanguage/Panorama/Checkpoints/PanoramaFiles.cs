using Graft.Files;
using Graft.Peft;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.VisionLanguage;

/// <summary>Writes a PanoramaVLM as a folder: the weights, the sizes, and its LoRA in PEFT's format.</summary>
public static class PanoramaFiles
{
    /// <summary>The weights' file.</summary>
    public const string Weights = "model.safetensors";

    internal const string BaseHashKey = "graft.base_sha256";
    private const string Owner = "language_model.", AdapterFolder = "lora_weights";

    /// <summary>Writes a folder that <see cref="PanoramaModel.Open"/> reads; LoRA updates are not merged.</summary>
    /// <param name="folder">The folder; created when absent.</param>
    /// <param name="model">The model.</param>
    /// <param name="origin">Source of its weights, for the file's header.</param>
    public static void Write(string folder, PanoramaVlm model, string origin)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<(string Name, Tensor Value)> weights = [.. model.StateDict().Where(entry => !entry.Name.Contains(".lora_", StringComparison.Ordinal))];
        SafeTensorsWriter.Write(Path.Combine(folder, Weights), weights.Select(weight => WeightData.From(weight.Name, weight.Value)),
            new Dictionary<string, string> { ["format"] = "pt", ["graft.base"] = origin });
        PanoramaConfig.Write(Path.Combine(folder, PanoramaConfig.FileName), model.Options);
        List<LoraPair> pairs = [.. model.Language.Projections.Where(projection => projection.Layer.Down is not null).Select(projection => new LoraPair(
            projection.Path, WeightData.From("A", projection.Layer.Down!.Weight.Value), WeightData.From("B", projection.Layer.Up!.Weight.Value), projection.Layer.Scale))];
        if (pairs.Count > 0)
        {
            using WeightFile written = WeightFile.Open(Path.Combine(folder, Weights));
            string hash = BaseHash(written.Entries.Where(entry => entry.Name.StartsWith(Owner, StringComparison.Ordinal)).Select(entry => (entry.Name, entry)));
            PeftWriter.Write(Path.Combine(folder, AdapterFolder), pairs, new PeftConfig { TaskType = "CAUSAL_LM" },
                metadata: new Dictionary<string, string> { [BaseHashKey] = hash });
        }
    }

    /// <summary>SHA-256 over names and values of the tensors that an adapter was trained on.</summary>
    internal static string BaseHash(IEnumerable<(string Name, WeightEntry Entry)> tensors) => StateHash.Of(
        tensors.Where(tensor => !tensor.Name.Contains(".lora_", StringComparison.Ordinal)).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)
            .Select(tensor => new WeightData(tensor.Name, tensor.Entry.DType, tensor.Entry.Shape, use =>
            {
                tensor.Entry.ForEachChunk(use);
                tensor.Entry.Release();
            })),
        StateHashHeading.NameLine);
}
