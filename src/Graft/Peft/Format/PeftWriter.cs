using System.Text.RegularExpressions;
using Graft.Files;
using Graft.Torch.Weights;

namespace Graft.Peft;

/// <summary>Writes adapters that the PEFT library loads without missing or unexpected tensors.</summary>
public static class PeftWriter
{
    /// <summary>Writes an adapter's folder: weights as safetensors, then the configuration.</summary>
    /// <param name="folder">The folder; created when absent.</param>
    /// <param name="pairs">The adapted modules, named by their full paths in the base model.</param>
    /// <param name="template">Fields that do not follow from the pairs, such as the task; null: the defaults.</param>
    /// <param name="replacements">Tensors of modules that are saved whole, named by their full paths.</param>
    /// <param name="metadata">Further metadata for the header of the weights.</param>
    /// <exception cref="GraftException">PEFT cannot express a pair (exit code 6), or a file cannot be written.</exception>
    public static void Write(string folder, IReadOnlyList<LoraPair> pairs, PeftConfig? template = null,
        IReadOnlyList<WeightData>? replacements = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        pairs.ToList().ForEach(Check);
        List<WeightData> tensors = [.. pairs.SelectMany(Tensors),
            .. (replacements ?? []).Select(data => Named(data, PeftKey.Prefix + data.Name))];
        if (tensors.Count == 0)
        {
            throw new GraftException(Failure.Model, "An adapter without tensors is not written.");
        }

        SafeTensorsWriter.Write(Path.Combine(folder, PeftAdapter.SafeWeights), tensors,
            new Dictionary<string, string>(metadata ?? new Dictionary<string, string>()) { ["format"] = "pt" });
        PeftConfigWriter.Write(Path.Combine(folder, PeftConfig.FileName),
            Configure(pairs, template ?? new PeftConfig(), replacements ?? []));
    }

    /// <summary>Writes an adapter unchanged, such as one inside a checkpoint.</summary>
    /// <param name="folder">The folder; created when absent.</param>
    /// <param name="adapter">The adapter.</param>
    public static void Write(string folder, PeftAdapter adapter)
    {
        IEnumerable<WeightData> pairs = adapter.Modules.SelectMany(module => Tensors(module));
        IEnumerable<WeightData> whole = adapter.Replacements.Select(pair => WeightData.From(pair.Value, PeftKey.Prefix + pair.Key));
        SafeTensorsWriter.Write(Path.Combine(folder, PeftAdapter.SafeWeights), pairs.Concat(whole),
            new Dictionary<string, string> { ["format"] = "pt" });
        PeftConfig config = adapter.Config;
        if (config.Bias == PeftBias.None && config.ModulesToSave.Count == 0)
        {
            config = config with { ModulesToSave = [.. adapter.Replacements.Keys.Select(name => name[..name.LastIndexOf('.')]).Distinct()] };
        }

        PeftConfigWriter.Write(Path.Combine(folder, PeftConfig.FileName), config);
    }

    private static IEnumerable<WeightData> Tensors(LoraModule module)
    {
        string start = PeftKey.Prefix + module.Path;
        bool embedding = module.Layer == LoraLayer.Embedding;
        yield return WeightData.From(module.A, start + (embedding ? ".lora_embedding_A" : ".lora_A.weight"));
        yield return WeightData.From(module.B, start + (embedding ? ".lora_embedding_B" : ".lora_B.weight"));
        if (module.Bias is not null)
        {
            yield return WeightData.From(module.Bias, start + ".lora_B.bias");
        }

        if (module.Magnitude is not null)
        {
            yield return WeightData.From(module.Magnitude, start + ".lora_magnitude_vector");
        }
    }

    private static void Check(LoraPair pair)
    {
        if (pair.Groups != 1 || pair.Dilation != 1)
        {
            throw new GraftException(Failure.Refused,
                $"PEFT cannot hold an adapter for {Printable.Quoted(pair.Module)}: "
                + $"groups {pair.Groups}, dilation {pair.Dilation}; both must be 1.",
                "PEFT ignores dilation in the first matrix, and an update of grouped kernels would be dense. Merge it instead.");
        }

        if (pair.A.Shape.Count != pair.B.Shape.Count || pair.A.Shape.Count < 2 || pair.A.Shape[0] != pair.B.Shape[1])
        {
            throw new GraftException(Failure.Model, $"The matrices of {Printable.Quoted(pair.Module)} do not fit each other: "
                + $"{Printable.Shape([.. pair.A.Shape])} and {Printable.Shape([.. pair.B.Shape])}.");
        }
    }

    private static IEnumerable<WeightData> Tensors(LoraPair pair)
    {
        string start = PeftKey.Prefix + pair.Module;
        (string a, string b) = pair.IsEmbedding ? (".lora_embedding_A", ".lora_embedding_B") : (".lora_A.weight", ".lora_B.weight");
        yield return Named(pair.A, start + a);
        yield return Named(pair.B, start + b);
    }

    private static WeightData Named(WeightData data, string name) => new(name, data.DType, data.Shape, data.ForEachChunk);

    /// <summary>The most common rank and alpha become the fields, the others exact patterns.</summary>
    private static PeftConfig Configure(IReadOnlyList<LoraPair> pairs, PeftConfig template, IReadOnlyList<WeightData> replacements)
    {
        int rank = MostCommon(pairs.Select(pair => pair.Rank), template.Rank);
        double alpha = MostCommon(pairs.Select(pair => pair.Scaling * pair.Rank), template.Alpha);
        string[] kept = [.. replacements.Select(data => data.Name[..data.Name.LastIndexOf('.')]).Distinct()];
        return new PeftConfig
        {
            Rank = rank,
            Alpha = alpha,
            RankPattern = [.. pairs.Where(pair => pair.Rank != rank).Select(pair => KeyValuePair.Create(Regex.Escape(pair.Module),
                pair.Rank))],
            AlphaPattern = [.. pairs.Where(pair => pair.Scaling * pair.Rank != alpha)
                .Select(pair => KeyValuePair.Create(Regex.Escape(pair.Module), pair.Scaling * pair.Rank))],
            TargetModules = new PeftTargets { Names = [.. pairs.Select(pair => pair.Module)] },
            ModulesToSave = kept,
            Dropout = template.Dropout,
            TaskType = template.TaskType,
            BaseModel = template.BaseModel,
        };
    }

    private static T MostCommon<T>(IEnumerable<T> values, T otherwise)
        where T : notnull
        => values.GroupBy(value => value).OrderByDescending(group => group.Count()).Select(group => group.Key)
            .DefaultIfEmpty(otherwise).First();
}
