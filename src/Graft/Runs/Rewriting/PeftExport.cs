using System.Globalization;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Peft;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>Writes a LoRA of Graft in PEFT's format. Graft's LoRA comes after a layer, PEFT's runs parallel to one: the merged LoRA is a
/// low-rank change of each layer that it merges into, which PEFT's format can express.</summary>
/// <remarks>A pointwise LoRA of rank r before a k×k convolution changes it by rank r·k² at most, since PEFT's first matrix has the kernel and
/// its second has none. Layers for which such a pair is not smaller, and layers of which more than the weight changes, are saved
/// whole.</remarks>
public static class PeftExport
{
    private const double Tolerance = 1e-5, NoValue = 1e-10;

    /// <summary>What was written.</summary>
    /// <param name="Pairs">Layers with their ranks.</param>
    /// <param name="Whole">Layers that are saved whole.</param>
    /// <param name="MaxRelative">Difference of base plus pairs from the merged weights: the largest, relative to the largest value of the
    /// layer.</param>
    public sealed record Report(IReadOnlyList<(string Module, int Rank)> Pairs, IReadOnlyList<string> Whole, double MaxRelative);

    /// <summary>Writes the folder.</summary>
    /// <param name="plain">The base; not changed.</param>
    /// <param name="file">Adapters of this base that merge into plain layers, with what tuning unfroze.</param>
    /// <param name="folder">Target.</param>
    /// <exception cref="MergeRefusedException">An adapter does not merge completely, or the pairs differ from the merged weights.</exception>
    /// <exception cref="GraftException">Of kind Refused: an adapter that is not a LoRA.</exception>
    public static Report Write(TrainedModel plain, AdapterFile file, string folder)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(file);
        if (file.Adapters.FirstOrDefault(stored => stored.Options is not LoraOptions) is { } other)
        {
            throw new GraftException(
                Failure.Refused, $"{file.Name} holds a {other.Options.Kind} at {other.Site.Name}; PEFT's format has no such adapter.",
                "Keep it as a Graft adapter file, or merge it: graft merge.");
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using DetectionNetwork before = ModelCopy.Of(plain.Detector.Network, DType.Double), after = Merged(plain, file);
        Dictionary<string, Tensor> old = before.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        ILookup<string, (string Name, Tensor Value)> layers = after.StateDict().ToLookup(entry => entry.Name[..entry.Name.LastIndexOf('.')]);
        List<LoraPair> pairs = [];
        List<(string, int)> ranks = [];
        List<WeightData> whole = [];
        double worst = 0;
        foreach (IGrouping<string, (string Name, Tensor Value)> layer in layers)
        {
            (string Name, Tensor Value)[] changed = [.. layer.Where(entry => !Same(entry.Value, old[entry.Name]))];
            if (changed is [{ Value.Rank: >= 2 } weight] && Pair(layer.Key, old[weight.Name], weight.Value, after) is { } found)
            {
                (pairs, worst) = ([.. pairs, found.Pair], Math.Max(worst, found.Error));
                ranks.Add((layer.Key, found.Pair.Rank));
            }
            else if (changed.Length > 0)
            {
                whole.AddRange(layer.Select(entry => WeightData.From(entry.Name, entry.Value.DType == DType.Double ? entry.Value.To(DType.Float) : entry.Value)));
            }
        }

        if (!(worst <= Tolerance))
        {
            throw new MergeRefusedException(string.Create(CultureInfo.InvariantCulture, $"The pairs differ from the merged weights by {worst:g3}."), "Merge the adapter instead: graft merge.");
        }

        PeftWriter.Write(folder, pairs, replacements: whole, metadata: new Dictionary<string, string> { ["graft.base_sha256"] = file.BaseHash });
        return new Report(ranks, [.. whole.Select(data => data.Name[..data.Name.LastIndexOf('.')]).Distinct()], worst);
    }

    /// <summary>The merged network in double precision, so that its change has no rounding error.</summary>
    private static DetectionNetwork Merged(TrainedModel plain, AdapterFile file)
    {
        using AdapterSet set = new(plain.Detector.Network);
        set.Add(file.Name, file);
        set.Use(file.Name);
        Subject subject = Subject.Of(plain.Detector);
        using DetectionNetwork wide = ModelCopy.Of(plain.Detector.Network, DType.Double);
        return MergeAdapters.Of(subject with { Network = wide }, new MergeOptions { Completely = true });
    }

    /// <summary>The change of a layer's weight as a product; null when that is not smaller than the weight.</summary>
    private static (LoraPair Pair, double Error)? Pair(string module, Tensor before, Tensor after, Module network)
    {
        long rows = after.Size(0), columns = after.Count / rows;
        Tensor change = (after - before).Reshape(rows, columns);
        LowRank product = LowRank.Factor(change, NoValue);
        int rank = product.Rank;
        if (rank * (rows + columns) >= rows * columns)
        {
            return null;
        }

        (Tensor b, Tensor a) = (product.B.To(DType.Float), product.A.To(DType.Float));
        Tensor rest = LowRank.Of(b, a).Delta(1) - change;
        double error = rest.Abs().Max().ToDouble() / after.Abs().Max().ToDouble();
        Conv2d? convolution = network.Find(module) as Conv2d;
        long[] tail = [.. after.Shape[1..]], ones = [.. tail.Skip(1).Select(_ => 1L)];
        return (new LoraPair(
            module, WeightData.From(module, a.Reshape([rank, .. tail])), WeightData.From(module, b.Reshape([rows, rank, .. ones])), 1,
            convolution?.Groups ?? 1, convolution?.Dilation ?? 1), error);
    }

    private static bool Same(Tensor one, Tensor other) => one.ToDoubles().AsSpan().SequenceEqual(other.ToDoubles());
}
