using System.Globalization;

namespace Graft.Reports;

/// <summary>Formats sizes of files for pages.</summary>
public static class SizeText
{
    /// <summary>A size in kB or MB.</summary>
    /// <param name="bytes">Bytes; the mean of several files need not be whole.</param>
    public static string Of(double bytes)
        => bytes < 1e6 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
