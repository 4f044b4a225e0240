namespace Graft.Files;

/// <summary>The difference of two tensors with one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="AreEqual">Whether all values are equal, after rounding the wider type to the narrower where the types differ.</param>
/// <param name="MaxAbsolute">Largest difference of two values; NaN when one of them is not finite or the shapes differ.</param>
/// <param name="RelativeNorm">Norm of the difference over the norm of the first tensor.</param>
/// <param name="FirstShape">Sizes of the first tensor.</param>
/// <param name="SecondShape">Sizes of the second tensor.</param>
public sealed record WeightDifference(
    string Name, bool AreEqual, double MaxAbsolute, double RelativeNorm, IReadOnlyList<long> FirstShape, IReadOnlyList<long> SecondShape)
{
    private const int Piece = 1 << 16;

    /// <summary>Whether the shapes are equal, so that values could be compared.</summary>
    public bool ShapesAgree => FirstShape.SequenceEqual(SecondShape);

    /// <summary>Compares two tensors by value.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="first">One tensor.</param>
    /// <param name="second">The other; its type may differ.</param>
    public static WeightDifference Between(string name, WeightEntry first, WeightEntry second)
    {
        if (!first.Shape.SequenceEqual(second.Shape))
        {
            return new WeightDifference(name, false, double.NaN, double.NaN, first.Shape, second.Shape);
        }

        if (first.ContentEquals(second) && first.IsFinite())
        {
            return new WeightDifference(name, true, 0, 0, first.Shape, second.Shape);
        }

        // The narrower type decides: values that differ only by its rounding are equal.
        ElementType narrow = first.DType.Bits() <= second.DType.Bits() ? first.DType : second.DType;
        bool equal = true;
        double largest = 0, squares = 0, norm = 0;
        for (long at = 0; at < first.ElementCount; at += Piece)
        {
            int count = (int)Math.Min(Piece, first.ElementCount - at);
            double[] a = first.ToDoubles(at, count), b = second.ToDoubles(at, count);
            for (int i = 0; i < count; i++)
            {
                double difference = a[i] - b[i];
                equal &= a[i].Equals(b[i]) || ElementValues.Round(narrow, a[i]).Equals(ElementValues.Round(narrow, b[i]));
                largest = Math.Max(largest, Math.Abs(difference));
                squares += difference * difference;
                norm += a[i] * a[i];
            }
        }

        return new WeightDifference(name, equal, equal ? 0 : largest, Math.Sqrt(squares / Math.Max(norm, double.Epsilon)), first.Shape, second.Shape);
    }

    /// <summary>The name and the difference.</summary>
    public override string ToString() => (ShapesAgree, AreEqual) switch
    {
        (false, _) => $"{Printable.Name(Name)}: {Printable.Shape([.. FirstShape])} against {Printable.Shape([.. SecondShape])}",
        (_, true) => $"{Printable.Name(Name)}: equal",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Printable.Name(Name)}: differs by up to {MaxAbsolute:g6} ({RelativeNorm:g4} of its norm)"),
    };
}
