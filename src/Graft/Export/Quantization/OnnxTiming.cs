using Graft.Files;
using Graft.Training;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Export;

/// <summary>The speed of two models, measured in alternating runs.</summary>
/// <param name="First">Median time of the first model for one input, in milliseconds.</param>
/// <param name="Second">Median time of the second model, in milliseconds.</param>
/// <param name="Speedup">Median over the rounds of the first model's time by the second's.</param>
/// <param name="Threads">Threads of one operator; 0: as many as cores.</param>
public sealed record OnnxTiming(double First, double Second, double Speedup, int Threads)
{
    private const int WarmUp = 3;

    /// <summary>Runs both models on the same inputs in turn, so that a busy machine slows both down.</summary>
    /// <param name="first">The first model.</param>
    /// <param name="second">The second model.</param>
    /// <param name="inputs">The inputs; more rounds than inputs begin again.</param>
    /// <param name="rounds">Timed runs of each model.</param>
    /// <param name="threads">Threads of one operator; 0: as many as cores.</param>
    /// <exception cref="GraftException">There is no input or round, or ONNX Runtime does not load a model or accept an input.</exception>
    public static OnnxTiming Compare(string first, string second, IReadOnlyList<IReadOnlyList<CalibrationTensor>> inputs, int rounds = 20, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0 || rounds < 1)
        {
            throw new GraftException(Failure.Usage, $"{rounds} rounds on {inputs.Count} inputs measure nothing; at least one of each was expected.", "Name more.");
        }

        using InferenceSession one = OnnxSessions.Open(first, threads), other = OnnxSessions.Open(second, threads);
        List<(double First, double Second)> times = [];
        for (int i = 0; i < WarmUp + rounds; i++)
        {
            IReadOnlyList<CalibrationTensor> input = inputs[i % inputs.Count];
            (double First, double Second) round = (Time(one, input), Time(other, input));
            if (i >= WarmUp)
            {
                times.Add(round);
            }
        }

        return new OnnxTiming(Timing.Median([.. times.Select(time => time.First)]), Timing.Median([.. times.Select(time => time.Second)]),
            Timing.Median([.. times.Select(time => time.First / time.Second)]), threads);
    }

    private static double Time(InferenceSession session, IReadOnlyList<CalibrationTensor> input)
        => Timing.Of(() => OnnxSessions.Run(session, input, [.. session.OutputMetadata.Keys], (_, _) => { }));
}
