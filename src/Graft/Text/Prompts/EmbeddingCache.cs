using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Graft.Files;

namespace Graft.Text;

/// <summary>Unit embeddings by what the encoder reads, one file per text encoder; a cached prompt is not encoded again.</summary>
public sealed class EmbeddingCache
{
    private const int KeyBytes = 32;
    private static ReadOnlySpan<byte> Magic => "graft-embeddings-1\n"u8;

    private readonly string _folder;

    /// <summary>Uses a folder, which need not exist yet.</summary>
    /// <param name="folder">Where the files are; by default <c>graft/embeddings</c> in the user's cache.</param>
    public EmbeddingCache(string? folder = null) => _folder = folder ?? DefaultFolder();

    /// <summary>All cached embeddings of a text encoder; an unreadable or foreign file counts as empty.</summary>
    /// <param name="modelHash">SHA-256 of the encoder's weights.</param>
    /// <param name="width">Length of an embedding.</param>
    public Dictionary<string, float[]> Read(string modelHash, int width)
    {
        Dictionary<string, float[]> found = new(StringComparer.Ordinal);
        string path = PathOf(modelHash);
        if (!File.Exists(path))
        {
            return found;
        }

        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        int record = KeyBytes + width * sizeof(float);
        if (!bytes.StartsWith(Magic) || (bytes.Length - Magic.Length) % record != 0)
        {
            return found;
        }

        for (int at = Magic.Length; at < bytes.Length; at += record)
        {
            float[] values = MemoryMarshal.Cast<byte, float>(bytes.Slice(at + KeyBytes, width * sizeof(float))).ToArray();
            found[Convert.ToHexString(bytes.Slice(at, KeyBytes))] = values;
        }

        return found;
    }

    /// <summary>Replaces all cached embeddings of a text encoder.</summary>
    /// <param name="modelHash">SHA-256 of the encoder's weights.</param>
    /// <param name="embeddings">By <see cref="KeyOf"/>.</param>
    public void Write(string modelHash, IReadOnlyDictionary<string, float[]> embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        AtomicFile.Write(PathOf(modelHash), stream =>
        {
            stream.Write(Magic);
            foreach ((string key, float[] values) in embeddings)
            {
                stream.Write(Convert.FromHexString(key));
                stream.Write(MemoryMarshal.AsBytes<float>(values));
            }
        });
    }

    /// <summary>The key of a prompt.</summary>
    /// <param name="reading">The prompt as the encoder reads it.</param>
    public static string KeyOf(string reading) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(reading)));

    private static string DefaultFolder()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string root = string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : cache;
        return Path.Combine(root, "graft", "embeddings");
    }

    private string PathOf(string modelHash) => Path.Combine(_folder, modelHash + ".bin");
}
