using System.Globalization;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Peft;

/// <summary>Combines several adapters into one.</summary>
public sealed class Combination
{
    private readonly IReadOnlyList<PeftAdapter> _adapters;
    private readonly CombinationOptions _options;
    private readonly SplitMix64 _random;
    private readonly List<CombinedModule> _modules = [];
    private double _error;
    private double _norm;

    private Combination(IReadOnlyList<PeftAdapter> adapters, CombinationOptions options)
        => (_adapters, _options, _random) = (adapters, options, new SplitMix64((ulong)options.Seed));

    /// <summary>Combines adapters of one base and writes the result as a PEFT folder, with scaling 1.</summary>
    /// <param name="adapters">The adapters.</param>
    /// <param name="output">The folder to write.</param>
    /// <param name="options">Recipe and weights.</param>
    /// <exception cref="GraftException">The adapters cannot be combined by that recipe.</exception>
    public static CombinationReport Write(IReadOnlyList<PeftAdapter> adapters, string output, CombinationOptions options)
    {
        Check(adapters, options);
        Combination combination = new(adapters, options);
        using TensorScope scope = TensorScope.Begin();
        List<LoraPair> pairs = [.. adapters.SelectMany(adapter => adapter.Modules.Select(module => module.Path)).Distinct()
            .Select(combination.Combine)];
        PeftWriter.Write(output, pairs, adapters[0].Config, [.. Replacements(adapters)]);
        double error = combination._norm == 0 ? 0 : Math.Sqrt(combination._error / combination._norm);
        return new CombinationReport(output, options.Method, combination._modules, error);
    }

    private static void Check(IReadOnlyList<PeftAdapter> adapters, CombinationOptions options)
    {
        if (adapters.Count == 0 || adapters.Count != options.Weights.Count || options.Weights.Any(weight => !double.IsFinite(weight)))
        {
            throw new GraftException(Failure.Usage,
                $"{Counted.Of(adapters.Count, "adapter")} and {Counted.Of(options.Weights.Count, "weight")} were given; one finite weight per adapter is expected.", "Give as many weights as adapters: --weights 1,0.5.");
        }

        if (options.Density is not (> 0 and <= 1) || options.Rank is <= 0)
        {
            throw new GraftException(Failure.Usage, string.Create(CultureInfo.InvariantCulture, $"density {options.Density} and rank {options.Rank} are not possible."),
                "Density is above 0 and at most 1, a rank at least 1.");
        }

        foreach (PeftAdapter adapter in adapters)
        {
            if (adapter.Config.UseDora || adapter.Config.LoraBias)
            {
                throw Refuse(adapter,
                    adapter.Config.UseDora ? "DoRA's magnitudes belong to one adapter and cannot be added"
                        : "biases of lora_B would be lost",
                    "Merge the adapters one after the other instead.");
            }

            if (adapter.Modules.FirstOrDefault(module => LoraMath.GroupsOf(module) > 1) is { } grouped)
            {
                throw Refuse(adapter, $"{grouped} adapts a convolution with groups", "Leave it out, or keep the adapters apart.");
            }

            if (adapter.NotFinite is [var name, ..])
            {
                throw Refuse(adapter, $"{Printable.Quoted(name)} holds NaN or infinity", "The adapter is damaged, or training diverged.");
            }
        }
    }

    private static GraftException Refuse(PeftAdapter adapter, string why, string hint)
        => new(Failure.Refused, $"{Printable.Name(adapter.Source, 400)} cannot be combined: {why}.", hint);

    private static IEnumerable<WeightData> Replacements(IReadOnlyList<PeftAdapter> adapters)
    {
        Dictionary<string, WeightEntry> taken = new(StringComparer.Ordinal);
        foreach (PeftAdapter adapter in adapters)
        {
            foreach ((string name, WeightEntry entry) in adapter.Replacements)
            {
                if (taken.TryAdd(name, entry))
                {
                    yield return WeightData.From(entry, name);
                }
                else if (!WeightDifference.Between(name, taken[name], entry).AreEqual)
                {
                    throw Refuse(adapter, $"it replaces {Printable.Quoted(name)} by values other than those of an adapter before it",
                        "Whole tensors cannot be combined.");
                }
            }
        }
    }

    private LoraPair Combine(string path)
    {
        List<(LoraModule Module, double Weight)> found = new();
        for (int i = 0; i < _adapters.Count; i++)
        {
            if (_adapters[i].Modules.FirstOrDefault(module => module.Path == path) is { } module)
            {
                found.Add((module, _options.Weights[i]));
            }
        }

        LoraModule first = found[0].Module;
        if (found.Any(pair => pair.Module.Layer != first.Layer || !pair.Module.A.Shape.Skip(1).SequenceEqual(first.A.Shape.Skip(1))
            || pair.Module.B.Shape[0] != first.B.Shape[0]))
        {
            throw new GraftException(Failure.Model, $"The adapters do not agree on the sizes of {Printable.Quoted(path)}.",
                "They belong to different models.");
        }

        using TensorScope scope = TensorScope.Begin();
        List<(LowRank Product, double Factor)> terms = [.. found.Select(pair => (LoraMath.Product(pair.Module), pair.Weight * pair.Module.Scaling))];
        LowRank result = Apply(path, terms, [.. found.Select(pair => pair.Module)]);
        Measure(path, terms, result);
        bool narrow = first.A.DType.Bits() <= 16 && found.All(pair => pair.Module.A.DType == first.A.DType);
        DType type = narrow ? first.A.DType.TensorType() : DType.Float;
        long rank = result.Rank;
        long[] ones = [.. Enumerable.Repeat(1L, first.A.Shape.Count - 2)];
        Tensor storedA = scope.Keep(result.A.To(type).Reshape([rank, .. first.A.Shape.Skip(1)]).Clone());
        Tensor storedB = scope.Keep(result.B.To(type).Reshape([first.B.Shape[0], rank, .. ones]).Clone());
        return new LoraPair(path, WeightData.From("A", storedA), WeightData.From("B", storedB), 1,
            IsEmbedding: first.Layer == LoraLayer.Embedding);
    }

    private LowRank Apply(string path, List<(LowRank Product, double Factor)> terms, List<LoraModule> modules)
    {
        int rank = _options.Rank ?? modules.Max(module => module.Rank);
        switch (_options.Method)
        {
            case CombinationMethod.Cat: return LowRank.Sum(terms);
            case CombinationMethod.Svd: return LowRank.Sum(terms).Truncate(rank).Product.PadTo(rank);
            case CombinationMethod.PeftSvd:
                return LowRank.Sum(terms.Select((term, i) => (term.Product, term.Factor * modules[i].Scaling))).Truncate(rank).Product.PadTo(rank);
            default: break;
        }

        if (modules.Any(module => module.Rank != modules[0].Rank))
        {
            throw new GraftException(Failure.Refused,
                $"{_options.Method} needs equal ranks; "
                + $"{Printable.Quoted(path)} has {string.Join(", ", modules.Select(module => module.Rank))}.",
                "cat and svd take any ranks.");
        }

        Tensor Elect(Tensor weights, Tensor[] matrices) => CombinationMath.Elected(weights, matrices, _options.ElectByCount);
        Tensor Largest(Tensor matrix) => CombinationMath.KeepLargest(matrix, _options.Density);
        Tensor Random(Tensor matrix) => CombinationMath.KeepRandom(matrix, _options.Density, _random);
        return _options.Method switch
        {
            CombinationMethod.Linear => CombinationMath.OnMatrices(terms, matrix => matrix, CombinationMath.Sum),
            CombinationMethod.MagnitudePrune => CombinationMath.OnMatrices(terms, Largest, CombinationMath.Sum),
            CombinationMethod.Ties => CombinationMath.OnMatrices(terms, Largest, Elect),
            CombinationMethod.DareLinear => CombinationMath.OnMatrices(terms, Random, CombinationMath.Sum),
            _ => CombinationMath.OnMatrices(terms, Random, Elect),
        };
    }

    private void Measure(string path, List<(LowRank Product, double Factor)> terms, LowRank result)
    {
        Tensor exact = terms.Select(term => term.Product.Delta(term.Factor)).Aggregate((sum, delta) => sum + delta);
        double norm = exact.Square().Sum().ToDouble(), error = (result.Delta(1) - exact).Square().Sum().ToDouble();
        (_error, _norm) = (_error + error, _norm + norm);
        _modules.Add(new CombinedModule(path, result.Rank, norm == 0 ? 0 : Math.Sqrt(error / norm)));
    }
}
