using Graft.Torch;

namespace Graft.Adapters;

/// <summary>Adds and compresses LoRA files of one base.</summary>
public static class LoraArithmetic
{
    private const string Down = ".lora_A.weight", Up = ".lora_B.weight";

    /// <summary>One file whose change is the weighted sum of two: ranks add up, and the sum is exact.</summary>
    /// <exception cref="GraftException">Of kind Refused: other bases, other adapters than LoRA, or unfrozen weights, which do not add
    /// up.</exception>
    public static AdapterFile Add(AdapterFile first, AdapterFile second, double firstWeight = 1, double secondWeight = 1)
    {
        Require(first);
        Require(second);
        if (first.BaseHash != second.BaseHash)
        {
            throw new GraftException(
                Failure.Refused, $"{first.Name} has the base {first.BaseHash[..Math.Min(12, first.BaseHash.Length)]}, {second.Name} has {second.BaseHash[..Math.Min(12, second.BaseHash.Length)]}.",
                "Only adapters of one base add up.");
        }

        List<StoredAdapter> adapters = [];
        Dictionary<string, Tensor> weights = [];
        (AdapterFile, double)[] terms = [(first, firstWeight), (second, secondWeight)];
        foreach (string path in terms.SelectMany(term => term.Item1.Adapters).Select(adapter => adapter.Site.ContainerPath).Distinct())
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            List<(LowRank Product, double Factor)> parts = [];
            StoredAdapter? stored = null;
            foreach ((AdapterFile file, double weight) in terms)
            {
                if (file.Adapters.FirstOrDefault(adapter => adapter.Site.ContainerPath == path) is { } found)
                {
                    stored ??= found;
                    parts.Add((ProductOf(file, path), weight * Scaling(found)));
                }
            }

            Store(LowRank.Sum(parts), stored!, adapters, weights);
        }

        return new AdapterFile($"{first.Name} + {second.Name}", first.BaseHash, first.Vocabulary, adapters, weights);
    }

    /// <summary>The best approximation of a lower rank (truncated SVD), with its error.</summary>
    /// <exception cref="GraftException">Of kind Refused when it holds other adapters than LoRA.</exception>
    public static LoraCompression Compress(AdapterFile file, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        Require(file, unfrozen: true);
        List<StoredAdapter> adapters = [];
        List<(string, double)> errors = [];
        Dictionary<string, Tensor> weights = file.Unfrozen.ToDictionary(name => name, name => file.Weights[name].Clone().Unscoped());
        double lost = 0, total = 0;
        foreach (StoredAdapter stored in file.Adapters)
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            string path = stored.Site.ContainerPath;
            LowRank whole = ProductOf(file, path);
            int kept = Math.Min(rank, whole.Rank);
            (LowRank update, double[] values) = (whole with { B = whole.B * Scaling(stored) }).Truncate(kept);
            Store(update, stored, adapters, weights);
            double dropped = values.Skip(kept).Sum(value => value * value), all = values.Sum(value => value * value);
            (lost, total) = (lost + dropped, total + all);
            errors.Add((stored.Site.Name, Relative(dropped, all)));
        }

        AdapterFile result = new($"{file.Name} at rank {rank}", file.BaseHash, file.Vocabulary, adapters, weights);
        return new LoraCompression(result, Relative(lost, total), errors);
    }

    private static LowRank ProductOf(AdapterFile file, string path) => LowRank.Of(file.Weights[path + Up], file.Weights[path + Down]);

    private static void Store(LowRank update, StoredAdapter stored, List<StoredAdapter> adapters, Dictionary<string, Tensor> weights)
    {
        string path = stored.Site.ContainerPath;
        adapters.Add(Unscaled(stored, update.Rank));
        weights[path + Down] = update.A.To(DType.Float).Reshape(update.Rank, stored.Channels, 1, 1).Contiguous().Unscoped();
        weights[path + Up] = update.B.To(DType.Float).Reshape(stored.Channels, update.Rank, 1, 1).Contiguous().Unscoped();
    }

    private static double Relative(double lost, double whole) => whole > 0 ? Math.Sqrt(lost / whole) : 0;

    private static double Scaling(StoredAdapter stored) => stored.Options is LoraOptions lora ? lora.Alpha / lora.Rank : 0;

    // With alpha equal to rank the scaling is 1: B contains it.
    private static StoredAdapter Unscaled(StoredAdapter stored, int rank)
        => stored with { Options = (LoraOptions)stored.Options with { Rank = rank, Alpha = rank } };

    private static void Require(AdapterFile file, bool unfrozen = false)
    {
        if (file.Adapters.FirstOrDefault(adapter => adapter.Options is not LoraOptions) is { } other)
        {
            throw new GraftException(
                Failure.Refused, $"{file.Name} has an adapter of kind {other.Options.Kind} at {other.Site.Name}; only LoRA is linear.",
                unfrozen ? "Only LoRA can be compressed." : "Only LoRA can be added.");
        }

        if (!unfrozen && file.Unfrozen is [var name, ..])
        {
            throw new GraftException(
                Failure.Refused, $"{file.Name} replaces weights of the base ({name}, …); replacements do not add up.",
                "Add files that hold nothing but LoRA.");
        }
    }
}
