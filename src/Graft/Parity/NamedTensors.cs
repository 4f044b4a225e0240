using Graft.Files;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Parity;

/// <summary>Named tensors in files: read, written as <c>.npz</c>, and compared.</summary>
public static class NamedTensors
{
    /// <summary>The tensor of a name in a file, or its only tensor.</summary>
    /// <param name="path">A <c>.npy</c>, an <c>.npz</c> or a weight file.</param>
    /// <param name="name">The name; null: the file holds one tensor.</param>
    /// <exception cref="GraftException">Of kind Data: there is no such file; of kind Model: it does not contain that tensor.</exception>
    public static Tensor Read(string path, string? name = null)
    {
        if (!File.Exists(path))
        {
            throw new GraftException(Failure.Data, $"{path}: there is no such file; expected a tensor.", "Check the path.");
        }

        using WeightFile file = WeightFile.Open(path);
        return (file.Entries.Count > 1 && name is not null ? file[name] : file.Single).ToTensor();
    }

    /// <summary>Writes tensors into an <c>.npz</c>; complete or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors; names must differ.</param>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors)
        => NpzWriter.Write(path, tensors.Select(tensor => WeightData.From(tensor.Name, tensor.Value)));

    /// <summary>The largest difference of each tensor that the file also contains, infinity where one side is not a number; null when the shapes
    /// differ.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="path">A file with tensors of the same names.</param>
    /// <param name="masks">By the name of a tensor, the positions that are compared: B×L for a B×L×… tensor, 0 excludes a
    /// position.</param>
    /// <exception cref="GraftException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, double?> Differences(
        IReadOnlyList<(string Name, Tensor Value)> tensors, string path, IReadOnlyDictionary<string, Tensor>? masks = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using WeightFile expected = WeightFile.Open(path);
        Dictionary<string, double?> differences = [];
        foreach ((string name, Tensor value) in tensors)
        {
            if (expected.TryGet(name) is { } entry)
            {
                differences[name] = !value.Shape.AsSpan().SequenceEqual([.. entry.Shape]) ? null
                    : Largest(value.ToDoubles(), entry.ToDoubles(), masks?.GetValueOrDefault(name)?.ToDoubles());
            }
        }

        return differences;
    }

    private static double Largest(double[] found, double[] expected, double[]? mask)
    {
        int perPosition = mask is null ? 1 : found.Length / mask.Length;
        double largest = 0;
        for (int i = 0; i < found.Length; i++)
        {
            if (mask is null || mask[i / perPosition] != 0)
            {
                double difference = found[i].Equals(expected[i]) ? 0 : Math.Abs(found[i] - expected[i]);
                largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            }
        }

        return largest;
    }
}
