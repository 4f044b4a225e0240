using Graft.Export;

namespace Graft.Benchmarks;

/// <summary>The input of a network, the same for all engines.</summary>
internal static class InferInput
{
    /// <summary>Noise, 1×3×H×W in 0..1.</summary>
    internal static CalibrationTensor Of(int height, int width, string name = "images")
    {
        Random random = new(2);
        float[] values = new float[3 * height * width];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        return new CalibrationTensor(name, values, [1, 3, height, width]);
    }
}
