using Graft.Files;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Graft.Export;

/// <summary>
/// Measures how far a quantized model is from its source on some inputs: at the outputs of the last layers, before boxes are decoded and
/// selected, each relative to the variance of its values.
/// </summary>
internal sealed class QuantizationError
{
    private readonly QuantizationPlan _plan;
    private readonly IEnumerable<IReadOnlyList<CalibrationTensor>> _probes;
    private readonly List<float[][]> _expected = [];
    private readonly double[] _variance;
    private readonly int _threads;

    internal QuantizationError(QuantizationPlan plan, IEnumerable<IReadOnlyList<CalibrationTensor>> probes, int threads)
    {
        (_plan, _probes, _threads) = (plan, probes, threads);
        Measure(plan.Graph.Model, name => name, (_, results) => _expected.Add([.. results.Select(result => result.ToArray())]));
        if (_expected.Count == 0)
        {
            throw new GraftException(Failure.Data, "There is no input to measure the error of quantization on.", "Keep some images apart from those of the calibration.");
        }

        _variance = [.. plan.Boundary.Select((_, i) => Variance([.. _expected.Select(outputs => outputs[i])]))];
    }

    /// <summary>The error of a quantized model: mean over the last layers of squared error by variance.</summary>
    /// <param name="model">The model.</param>
    /// <param name="quantized">Its quantized nodes.</param>
    internal double Of(ModelProto model, IReadOnlySet<NodeProto> quantized)
    {
        double[] sums = new double[_plan.Boundary.Count];
        Measure(model, name => quantized.Contains(_plan.Graph.Producer(name)!) && !_plan.Graph.Outputs.Contains(name) ? QdqWriter.Dequantized(name) : name,
            (probe, results) =>
            {
                for (int i = 0; i < results.Length; i++)
                {
                    sums[i] += MeanSquare(_expected[probe][i], results[i]);
                }
            });
        return sums.Select((sum, i) => sum / _expected.Count / _variance[i]).Average();
    }

    private void Measure(ModelProto model, Func<string, string> nameOf, Action<int, ArraySegment<float>[]> use)
    {
        string[] outputs = [.. _plan.Boundary.Select(nameOf)];
        using InferenceSession session = OnnxSessions.Open(Google.Protobuf.MessageExtensions.ToByteArray(OnlyWith(model, outputs)), "the quantized model", _threads);
        int probe = 0;
        foreach (IReadOnlyList<CalibrationTensor> input in _probes)
        {
            ArraySegment<float>[] results = new ArraySegment<float>[outputs.Length];
            OnnxSessions.Run(session, input, outputs, (i, value) => results[i] = value.GetTensorDataAsSpan<float>().ToArray());
            use(probe++, results);
        }
    }

    /// <summary>The part of a model that some tensors need, with these as its outputs.</summary>
    internal static ModelProto OnlyWith(ModelProto model, string[] outputs)
    {
        ModelProto part = model.Clone();
        part.Graph.Output.Clear();
        part.Graph.Output.AddRange(outputs.Distinct().Select(name => new ValueInfoProto { Name = name }));
        DeadNodes.Remove(part.Graph);
        return part;
    }

    private static double MeanSquare(float[] expected, ReadOnlySpan<float> found)
    {
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = expected[i] - found[i];
            sum += difference * difference;
        }

        return sum / expected.Length;
    }

    /// <summary>Variance over all inputs; a constant output counts as if it varied by its own size.</summary>
    private static double Variance(float[][] values)
    {
        double count = values.Sum(part => (double)part.Length), mean = values.Sum(part => part.Sum(value => (double)value)) / count;
        double variance = values.Sum(part => part.Sum(value => (value - mean) * (value - mean))) / count;
        return variance > 1e-12 ? variance : Math.Max(mean * mean, 1e-12);
    }
}
