using System.Globalization;

namespace Graft;

/// <summary>Formats counts: "1 image", "3 images", "12,000 boxes".</summary>
public static class Counted
{
    /// <summary>The count with its noun.</summary>
    /// <param name="count">The count.</param>
    /// <param name="noun">The singular noun, such as "image".</param>
    /// <param name="plural">The plural noun, where it is not the noun with s (es after s, x and sh).</param>
    public static string Of(long count, string noun, string? plural = null)
        => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? noun : plural ?? Plural(noun))}");

    private static string Plural(string noun)
        => noun.EndsWith('s') || noun.EndsWith('x') || noun.EndsWith("sh", StringComparison.Ordinal) ? noun + "es" : noun + "s";
}
