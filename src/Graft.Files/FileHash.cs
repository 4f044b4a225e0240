using System.Security.Cryptography;

namespace Graft.Files;

/// <summary>SHA-256 over the bytes of a file.</summary>
public static class FileHash
{
    /// <summary>64 hexadecimal digits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Only the first bytes count; null: all.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public static string Of(string path, int? most = null)
    {
        using FileStream file = File.OpenRead(path);
        if (most is not { } count || count >= file.Length)
        {
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }

        byte[] head = new byte[count];
        return Convert.ToHexStringLower(SHA256.HashData(head.AsSpan(0, file.ReadAtLeast(head, count, throwOnEndOfStream: false))));
    }

    /// <summary>The same; null where the file cannot be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Only the first bytes count; null: all.</param>
    public static string? OrNull(string path, int? most = null)
    {
        try
        {
            return Of(path, most);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
