using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Graft.Testing;

/// <summary>Reads numbers out of golden <c>.npz</c> files without the library under test.</summary>
public static partial class Npz
{
    /// <summary>One array as doubles, with its shape.</summary>
    public static (double[] Values, int[] Shape) Read(string path, string name)
    {
        (byte[] data, string type, int[] shape) = Raw(path, name);
        double[] values = type switch
        {
            "<f4" => [.. MemoryMarshal.Cast<byte, float>(data).ToArray().Select(value => (double)value)],
            "<f8" => MemoryMarshal.Cast<byte, double>(data).ToArray(),
            "<i8" => [.. MemoryMarshal.Cast<byte, long>(data).ToArray().Select(value => (double)value)],
            "|u1" => [.. data.Select(value => (double)value)],
            _ => throw new InvalidDataException($"{path}: {name} has the type {type}."),
        };
        return (values, shape);
    }

    /// <summary>One array's bytes, its NumPy type and its shape.</summary>
    public static (byte[] Data, string Type, int[] Shape) Raw(string path, string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        ZipArchiveEntry entry = zip.GetEntry(name + ".npy") ?? throw new InvalidDataException($"{path} has no {name}.");
        using MemoryStream copy = new();
        using (Stream stream = entry.Open())
        {
            stream.CopyTo(copy);
        }

        byte[] all = copy.ToArray();
        int start = 10 + BitConverter.ToUInt16(all, 8);
        string header = Encoding.ASCII.GetString(all, 10, start - 10);
        string type = Type().Match(header).Groups[1].Value;
        int[] shape = [.. Shape().Match(header).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        return (all[start..], type, shape);
    }

    [GeneratedRegex("'descr': '([^']+)'")]
    private static partial Regex Type();

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Shape();
}
