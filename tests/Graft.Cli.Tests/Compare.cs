using System.IO.Compression;

namespace Graft.Cli.Tests;

/// <summary>Compares arrays of two npz files without the code under test.</summary>
internal static class Compare
{
    /// <summary>By the largest absolute difference.</summary>
    internal static void Close(string expectedFile, string expectedName, string actualFile, string actualName, double tolerance)
    {
        (double[] expected, int[] shape) = Npz.Read(expectedFile, expectedName);
        (double[] actual, int[] found) = Npz.Read(actualFile, actualName);
        Assert.Equal(shape, found);
        double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).DefaultIfEmpty().Max();
        Assert.True(worst <= tolerance, $"{actualName}: the largest difference is {worst:g3}, the limit is {tolerance:g3}.");
    }

    /// <summary>Names of all arrays.</summary>
    internal static string[] Names(string file)
    {
        using ZipArchive zip = ZipFile.OpenRead(file);
        return [.. zip.Entries.Select(entry => Path.GetFileNameWithoutExtension(entry.FullName))];
    }
}
