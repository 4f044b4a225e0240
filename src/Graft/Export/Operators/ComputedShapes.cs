namespace Graft.Export;

/// <summary>Shapes that depend on the size of the input, as values of the graph: batch, height and width of a level, and their
/// products.</summary>
/// <param name="builder">The graph.</param>
/// <param name="sizes">Input sizes of the recordings.</param>
/// <param name="prompts">Number of prompts in each recording, where the text is an input.</param>
internal sealed class ComputedShapes(GraphBuilder builder, IReadOnlyList<InputSize> sizes, Size? prompts)
{
    private static readonly long[] Divisors = [1, 2, 4, 8, 16, 32];

    private readonly Dictionary<string, string> _values = [];

    /// <summary>A one-dimensional int64 value.</summary>
    internal string List(IReadOnlyList<Size> shape)
    {
        if (shape.All(size => size.IsFixed))
        {
            return builder.Integers([.. shape.Select(size => size.Fixed)]);
        }

        string[] parts = [.. shape.Select(size => size.IsFixed ? builder.Integers(size.Fixed) : One(size))];
        return parts.Length == 1 ? parts[0] : builder.Add("Concat", parts, ("axis", 0));
    }

    /// <summary>A size as a list of one int64.</summary>
    internal string One(Size size)
    {
        Size batch = Of(input => input.Batch);
        if (Factor(size, batch) is { } images)
        {
            return Times(Axis("images", 0), images);
        }

        if (prompts is not null && Factor(size, prompts) is { } rows)
        {
            return Times(Axis("text", 1), rows);
        }

        foreach (long divisor in Divisors)
        {
            Size height = Of(input => input.Height / divisor), width = Of(input => input.Width / divisor);
            Size area = Of(input => input.Height / divisor * (input.Width / divisor));
            if (Factor(size, height) is { } h)
            {
                return Times(Part(2, divisor), h);
            }

            if (Factor(size, width) is { } w)
            {
                return Times(Part(3, divisor), w);
            }

            if (Factor(size, area) is { } a)
            {
                return Times(Once($"area/{divisor}", () => builder.Add("Mul", [Part(2, divisor), Part(3, divisor)])), a);
            }
        }

        throw new GraftException(
            Failure.Export, $"The layer {builder.Layer} uses a length ({size} at {string.Join(", ", sizes)}) that the export cannot derive from the input's size.",
            "Export with a fixed batch and image size.");
    }

    private Size Of(Func<InputSize, long> length) => new([.. sizes.Select(length)]);

    /// <summary>The whole factor between two sizes that are not fixed; null without one.</summary>
    private static long? Factor(Size size, Size unit)
    {
        long factor = unit.Values[0] == 0 ? 0 : size.Values[0] / unit.Values[0];
        bool fits = !unit.IsFixed && factor > 0 && size.Values.Zip(unit.Values).All(pair => pair.First == factor * pair.Second);
        return fits ? factor : null;
    }

    private string Times(string value, long factor)
        => factor == 1 ? value : Once($"{value}*{factor}", () => builder.Add("Mul", [value, builder.Integers(factor)]));

    private string Part(int axis, long divisor)
        => divisor == 1 ? Axis("images", axis) : Once($"{axis}/{divisor}", () => builder.Add("Div", [Axis("images", axis), builder.Integers(divisor)]));

    private string Axis(string input, int axis)
        => Once($"{input}.{axis}", () => builder.Add("Gather", [Once($"{input}.shape", () => builder.Add("Shape", [input])), builder.Integers(axis)], ("axis", 0)));

    private string Once(string key, Func<string> create)
    {
        if (!_values.TryGetValue(key, out string? value))
        {
            _values[key] = value = create();
        }

        return value;
    }
}
