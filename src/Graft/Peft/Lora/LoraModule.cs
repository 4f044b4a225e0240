using Graft.Files;

namespace Graft.Peft;

/// <summary>One adapted module: W becomes W + scaling · B·A, where the product is that of the layer.</summary>
public sealed class LoraModule
{
    internal LoraModule(string path, LoraLayer layer, WeightEntry a, WeightEntry b, WeightEntry? bias, WeightEntry? magnitude, double alpha,
        double scaling)
    {
        (Path, Layer, A, B, Bias, Magnitude, Alpha, Scaling) = (path, layer, a, b, bias, magnitude, alpha, scaling);
        IsZero = IsAllZero(a) || IsAllZero(b);
    }

    /// <summary>The module's path in the base model.</summary>
    public string Path { get; }

    /// <summary>Which kind of layer it is.</summary>
    public LoraLayer Layer { get; }

    /// <summary>The first matrix; its first size is the rank.</summary>
    public WeightEntry A { get; }

    /// <summary>The second matrix; its first size is the number of outputs.</summary>
    public WeightEntry B { get; }

    /// <summary>The bias of the second matrix, out values; usually null.</summary>
    public WeightEntry? Bias { get; }

    /// <summary>DoRA's length of every output row; null without DoRA.</summary>
    public WeightEntry? Magnitude { get; }

    /// <summary>Rank of the update.</summary>
    public int Rank => (int)A.Shape[0];

    /// <summary>The configured alpha.</summary>
    public double Alpha { get; }

    /// <summary>What the product of the matrices is multiplied with.</summary>
    public double Scaling { get; }

    /// <summary>Whether one matrix is all zeros, so that the product changes nothing: it was not trained, or frozen.</summary>
    public bool IsZero { get; }

    /// <summary>Number of parameters that the adapter stores for this module.</summary>
    public long ParameterCount => A.ElementCount + B.ElementCount + (Bias?.ElementCount ?? 0) + (Magnitude?.ElementCount ?? 0);

    /// <summary>All its tensors.</summary>
    public IEnumerable<WeightEntry> Tensors => new[] { A, B, Bias, Magnitude }.OfType<WeightEntry>();

    /// <summary>Path, layer and rank.</summary>
    public override string ToString() => $"{Printable.Name(Path)} ({Layer.ToString().ToLowerInvariant()}, rank {Rank})";

    private static bool IsAllZero(WeightEntry entry)
    {
        bool zero = true;
        entry.ForEachChunk(chunk => zero = zero && !chunk.ContainsAnyExcept((byte)0, (byte)0x80));
        return zero && !entry.ToDoubles().Any(value => value != 0);
    }
}
