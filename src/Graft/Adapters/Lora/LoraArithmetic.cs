using Graft.Torch;

namespace Graft.Adapters;

/// <summary>Sums and compressions of LoRA files of one base.</summary>
public static class LoraArithmetic
{
    private const string Down = ".lora_A.weight", Up = ".lora_B.weight";

    /// <summary>One file whose change is the weighted sum of two: ranks add up, nothing is lost.</summary>
    /// <exception cref="GraftException">Of kind Refused: other bases, other adapters than LoRA, or unfrozen weights, which do not add
    /// up.</exception>
    public static AdapterFile Add(AdapterFile first, AdapterFile second, double firstWeight = 1, double secondWeight = 1)
    {
        Require(first);
        Require(second);
        if (first.BaseHash != second.BaseHash)
        {
            throw new GraftException(
                Failure.Refused, $"{first.Name} has the base {first.BaseHash}, {second.Name} has {second.BaseHash}.",
                "Only adapters of one base add up.");
        }

        List<StoredAdapter> adapters = [];
        Dictionary<string, Tensor> weights = [];
        (AdapterFile, double)[] terms = [(first, firstWeight), (second, secondWeight)];
        foreach (string path in terms.SelectMany(term => term.Item1.Adapters).Select(adapter => adapter.Site.ContainerPath).Distinct())
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            List<Tensor> downs = [], ups = [];
            StoredAdapter? stored = null;
            foreach ((AdapterFile file, double weight) in terms)
            {
                if (file.Adapters.FirstOrDefault(adapter => adapter.Site.ContainerPath == path) is { } found)
                {
                    stored ??= found;
                    downs.Add(file.Weights[path + Down]);
                    ups.Add(file.Weights[path + Up] * (weight * Scaling(found)));
                }
            }

            Tensor down = Tensor.Cat([.. downs], 0), up = Tensor.Cat([.. ups], 1);
            adapters.Add(Unscaled(stored!, (int)down.Size(0)));
            weights[path + Down] = down.Unscoped();
            weights[path + Up] = up.Unscoped();
        }

        return new AdapterFile($"{first.Name} + {second.Name}", first.BaseHash, first.Vocabulary, adapters, weights);
    }

    /// <summary>The best approximation of a lower rank (singular values), with its error.</summary>
    /// <exception cref="GraftException">Of kind Refused when it holds other adapters than LoRA.</exception>
    public static LoraCompression Compress(AdapterFile file, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        Require(file, unfrozen: true);
        List<StoredAdapter> adapters = [];
        List<(string, double)> errors = [];
        Dictionary<string, Tensor> weights = file.Unfrozen.ToDictionary(name => name, name => file.Weights[name].Clone().Unscoped());
        double lost = 0, whole = 0;
        foreach (StoredAdapter stored in file.Adapters)
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            string path = stored.Site.ContainerPath;
            Tensor a = file.Weights[path + Down].Flatten(1).To(DType.Double);
            Tensor b = file.Weights[path + Up].Flatten(1).To(DType.Double) * Scaling(stored);
            int kept = Math.Min(rank, (int)a.Size(0));
            // B·A = Qb·(Rb·Raᵀ)·Qaᵀ, so only a matrix of the old rank needs singular values.
            (Tensor qb, Tensor rb) = b.Qr();
            (Tensor qa, Tensor ra) = a.Transpose(0, 1).Qr();
            (Tensor u, Tensor s, Tensor vt) = rb.MatMul(ra.Transpose(0, 1)).Svd();
            double[] values = s.ToDoubles();
            Tensor root = s.Narrow(0, 0, kept).Sqrt();
            Tensor up = qb.MatMul(u.Narrow(1, 0, kept) * root.Reshape(1, kept));
            Tensor down = (vt.Narrow(0, 0, kept) * root.Reshape(kept, 1)).MatMul(qa.Transpose(0, 1));
            adapters.Add(Unscaled(stored, kept));
            weights[path + Down] = down.To(DType.Float).Reshape(kept, stored.Channels, 1, 1).Contiguous().Unscoped();
            weights[path + Up] = up.To(DType.Float).Reshape(stored.Channels, kept, 1, 1).Contiguous().Unscoped();
            double dropped = values.Skip(kept).Sum(value => value * value), all = values.Sum(value => value * value);
            (lost, whole) = (lost + dropped, whole + all);
            errors.Add((stored.Site.Name, Relative(dropped, all)));
        }

        AdapterFile result = new($"{file.Name} at rank {rank}", file.BaseHash, file.Vocabulary, adapters, weights);
        return new LoraCompression(result, Relative(lost, whole), errors);
    }

    private static double Relative(double lost, double whole) => whole > 0 ? Math.Sqrt(lost / whole) : 0;

    private static double Scaling(StoredAdapter stored) => stored.Options is LoraOptions lora ? lora.Alpha / lora.Rank : 0;

    // With alpha equal to rank the scaling is 1: it went into B.
    private static StoredAdapter Unscaled(StoredAdapter stored, int rank)
        => stored with { Options = (LoraOptions)stored.Options with { Rank = rank, Alpha = rank } };

    private static void Require(AdapterFile file, bool unfrozen = false)
    {
        if (file.Adapters.FirstOrDefault(adapter => adapter.Options is not LoraOptions) is { } other)
        {
            throw new GraftException(
                Failure.Refused, $"{file.Name} has an adapter of kind {other.Options.Kind} at {other.Site.Name}; only LoRA is linear.");
        }

        if (!unfrozen && file.Unfrozen is [var name, ..])
        {
            throw new GraftException(
                Failure.Refused, $"{file.Name} replaces weights of the base ({name}, …); replacements do not add up.",
                "Add files that hold nothing but LoRA.");
        }
    }
}
