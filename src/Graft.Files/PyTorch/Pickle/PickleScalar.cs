using System.Globalization;
using System.Numerics;

namespace Graft.Files;

/// <summary>None, a Boolean, a number, a string or bytes.</summary>
public sealed class PickleScalar : PickleValue
{
    internal static readonly PickleScalar None = new(null), True = new(true), False = new(false);
    private static readonly PickleScalar[] Small = [.. Enumerable.Range(-16, 1040).Select(value => new PickleScalar((long)value))];

    internal PickleScalar(object? value) => Value = value;

    /// <summary>
    /// Null, <see cref="bool"/>, <see cref="long"/>, <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/> or an
    /// array of bytes.
    /// </summary>
    public object? Value { get; }

    internal static PickleScalar Of(long value) => value is >= -16 and < 1024 ? Small[value + 16] : new PickleScalar(value);

    internal static PickleScalar Of(BigInteger value)
        => value >= long.MinValue && value <= long.MaxValue ? Of((long)value) : new PickleScalar(value);

    /// <summary>The value as text, shortened; strings in single quotes.</summary>
    public override string ToString() => Value switch
    {
        null => "None",
        string text => Printable.Quoted(text),
        byte[] bytes => $"{bytes.Length} bytes",
        _ => Printable.Name(Convert.ToString(Value, CultureInfo.InvariantCulture) ?? ""),
    };
}
