using System.Globalization;

namespace Graft.Configuration;

/// <summary>Turns the text of single values into typed ones and back, independent of the machine's culture.</summary>
internal static class ConfigNumbers
{
    /// <summary>The value, or null when the text is not one of the type.</summary>
    public static object? Parse(Type type, string text)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (type.IsEnum)
        {
            string? name = Enum.GetNames(type).FirstOrDefault(
                name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase) || ConfigSchema.SnakeCase(name) == text);
            return name is null ? null : Enum.Parse(type, name);
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(text, out bool flag) ? flag : null;
        }

        if (IsReal(type))
        {
            double? number = NumberText.Real(text);
            return number is null || type == typeof(double) ? number : float.IsFinite((float)number.Value) ? (float)number.Value : null;
        }

        return NumberText.Whole(text) is { } whole
            ? type == typeof(long) ? whole
                : type == typeof(int) && whole is >= int.MinValue and <= int.MaxValue ? (int)whole
                : type == typeof(byte) && whole is >= byte.MinValue and <= byte.MaxValue ? (byte)whole
                : null
            : null;
    }

    /// <summary>How to write what a text that <see cref="Parse"/> refuses probably means, or null.</summary>
    public static string? Hint(Type type, string text, NumberRange? range)
        => IsReal(type) || IsWhole(type) ? NumberText.Hint(text, IsWhole(type), range) : null;

    /// <summary>Whether values of a type are numbers with decimals.</summary>
    public static bool IsReal(Type type) => type == typeof(double) || type == typeof(float);

    /// <summary>Whether values of a type are whole numbers.</summary>
    public static bool IsWhole(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(byte);

    /// <summary>The text from which <see cref="Parse"/> makes the same value again.</summary>
    public static string Format(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum name => ConfigSchema.SnakeCase(name.ToString()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
