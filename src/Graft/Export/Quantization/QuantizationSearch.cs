using System.Globalization;
using Google.Protobuf;
using Graft.Files;
using Onnx;

namespace Graft.Export;

/// <summary>Chooses the calibration method and the layers that stay in float, by measuring errors and scores.</summary>
internal sealed class QuantizationSearch
{
    // Below, the share of multiplications of a layer says nothing about its time.
    private const double SmallestShare = 0.002;

    private readonly Calibrator _calibrator;
    private readonly QuantizationPlan _plan;
    private readonly QuantizationSource _source;
    private readonly QuantizationOptions _options;
    private readonly QuantizationError _error;
    private readonly string _outPath;
    private readonly Action<string>? _progress;
    private readonly List<QuantizationTrial> _trials = [];
    private readonly HashSet<int> _asked;
    private readonly double[] _compute;

    internal QuantizationSearch(
        Calibrator calibrator, QuantizationSource source, QuantizationOptions options, string outPath, Action<string>? progress)
    {
        (_calibrator, _plan, _source, _options, _outPath, _progress) = (calibrator, calibrator.Plan, source, options, outPath, progress);
        _error = new QuantizationError(_plan, source.Probes, options.Threads);
        _asked = Asked();
        double[] products = [.. _plan.Groups.Select(group => group.Nodes.Sum(Products))];
        double total = Math.Max(1, products.Sum());
        _compute = [.. products.Select(count => count / total)];
    }

    internal IReadOnlyList<QuantizationTrial> Trials => _trials;

    /// <summary>Searches; with a score, adds float layers until the drop is met or too much would be float.</summary>
    internal (QuantizationCandidate Best, IReadOnlyList<LayerCost> Layers) Run(double? floatScore)
    {
        QuantizationCandidate start = ChooseMethod();
        double[] costs = Costs(start.Method);
        int[] order = [.. Enumerable.Range(0, costs.Length).Where(group => !_asked.Contains(group))
            .OrderByDescending(group => costs[group] / Math.Max(_compute[group], SmallestShare)).ThenBy(group => group)];
        HashSet<int> inFloat = [.. _asked, .. order.Where(group => costs[group] >= _options.CostlyShare && _compute[group] <= _options.CheapShare)];
        QuantizationCandidate best = inFloat.Count == _asked.Count ? start : Measure(start.Method, inFloat, score: true);
        best = start.Score > best.Score ? start : best;
        for (int added = 1; floatScore - best.Score > _options.MaxDrop; added *= 2)
        {
            int[] next = [.. order.Where(group => !inFloat.Contains(group) && costs[group] > 0).Take(added)];
            double share = inFloat.Concat(next).Sum(group => _compute[group]);
            if (next.Length == 0 || share > _options.MaxFloatShare)
            {
                break;
            }

            inFloat.UnionWith(next);
            QuantizationCandidate candidate = Measure(start.Method, inFloat, score: true);
            best = candidate.Score > best.Score ? candidate : best;
        }

        LayerCost[] layers = [.. _plan.Groups
            .Select((group, i) => new LayerCost(group.Name, costs[i], _compute[i], best.InFloat.Contains(i)))
            .OrderByDescending(layer => layer.ErrorShare)];
        return (best, layers);
    }

    /// <summary>The method with the best score among those with the smallest errors; without a score, that with the smallest error.</summary>
    private QuantizationCandidate ChooseMethod()
    {
        List<QuantizationCandidate> candidates = [.. _options.Methods.Select(method => Measure(method, _asked, score: false)).OrderBy(candidate => candidate.Error)];
        return _source.Score is null ? candidates[0]
            : candidates.Take(_options.ScoredMethods).Select(WithScore).OrderByDescending(candidate => candidate.Score).ThenBy(candidate => candidate.Error).First();
    }

    /// <summary>Per group: the error of a model in which it alone is quantized, as a share of the sum of these errors. An activation with
    /// outliers costs in its producer and in its consumers: it stays in float only when all of them do.</summary>
    private double[] Costs(CalibrationChoice method)
    {
        Dictionary<string, ActivationRange> ranges = _calibrator.Ranges(method);
        double[] costs = new double[_plan.Groups.Count];
        for (int group = 0; group < costs.Length; group++)
        {
            if (!_asked.Contains(group))
            {
                HashSet<NodeProto> alone = [.. _plan.Groups[group].Nodes];
                ActivationScales scales = ActivationScales.Of(_plan.Graph, alone, ranges);
                costs[group] = _error.Of(QdqWriter.Write(_plan, alone, scales, _options.WeightBits), alone);
                _progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{_plan.Groups[group].Name} alone quantized: error {costs[group]:g3}"));
            }
        }

        double sum = costs.Sum();
        return [.. costs.Select(cost => sum > 0 ? cost / sum : 0)];
    }

    private QuantizationCandidate Measure(CalibrationChoice method, IReadOnlySet<int> inFloat, bool score)
    {
        QuantizationCandidate candidate = Build(method, _calibrator.Ranges(method), new HashSet<int>(inFloat));
        if (score && _source.Score is not null)
        {
            return WithScore(candidate);
        }

        Record(candidate);
        return candidate;
    }

    private QuantizationCandidate WithScore(QuantizationCandidate candidate)
    {
        using PartialFile file = new(_outPath, ".candidate.onnx");
        Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
        File.WriteAllBytes(file.Path, candidate.Model.ToByteArray());
        QuantizationCandidate scored = candidate with { Score = _source.Score!(file.Path) };
        Record(scored);
        return scored;
    }

    private void Record(QuantizationCandidate candidate)
    {
        string[] names = [.. candidate.InFloat.Order().Select(group => _plan.Groups[group].Name)];
        _trials.Add(new QuantizationTrial(candidate.Method, names, candidate.Error, candidate.Score));
        string score = candidate.Score is { } value ? string.Create(CultureInfo.InvariantCulture, $", score {value:f4}") : "";
        _progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{candidate.Method}, {Counted.Of(names.Length, "layer")} in float: error {candidate.Error:g4}{score}"));
    }

    private QuantizationCandidate Build(CalibrationChoice method, Dictionary<string, ActivationRange> ranges, HashSet<int> inFloat)
    {
        HashSet<NodeProto> quantized = _plan.Quantized(inFloat);
        ActivationScales scales = ActivationScales.Of(_plan.Graph, quantized, ranges);
        ModelProto model = QdqWriter.Write(_plan, quantized, scales, _options.WeightBits);
        return new QuantizationCandidate(method, inFloat, model, _error.Of(model, quantized))
        {
            Activations = [.. _plan.Graph.Nodes.Where(quantized.Contains).SelectMany(node => QuantizationOperators.Data(node).Concat(node.Output)).Distinct()
                .Where(tensor => _plan.Graph.Constant(tensor) is null).Select(tensor => new QuantizedActivation(tensor, scales[tensor]))],
        };
    }

    /// <summary>Multiplications of a node with weights, for one input.</summary>
    private double Products(NodeProto node)
        => QuantizationOperators.IsLayer(node, _plan.Graph) && _plan.Graph.Constant(node.Input[1]) is { } weight
            ? (double)_calibrator.Elements(node.Output[0]) * weight.Dims.Aggregate(1L, (product, size) => product * size) / weight.Dims[node.OpType == "Conv" ? 0 : 1]
            : 0;

    /// <summary>The groups that the options keep in float.</summary>
    private HashSet<int> Asked()
    {
        HashSet<int> asked = [];
        foreach (string pattern in _options.KeepFloat)
        {
            int[] found = [.. Enumerable.Range(0, _plan.Groups.Count).Where(group => _plan.Groups[group].Nodes.Any(node => Fits(pattern, QuantizationPlan.NameOf(node))))];
            asked.UnionWith(found.Length > 0 ? found : throw new GraftException(Failure.Usage, $"No layer that can be quantized is named {Printable.Quoted(pattern)}.",
                Nearest.Suggestion(pattern, _plan.Groups.Select(group => group.Name)) ?? $"The first are {Listed.First([.. _plan.Groups.Select(group => group.Name)], 3)}."));
        }

        return asked.Count < _plan.Groups.Count ? asked
            : throw new GraftException(Failure.Usage, "All layers are kept in float: nothing is quantized.", "Name fewer layers.");
    }

    private static bool Fits(string pattern, string name)
        => pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name;
}
