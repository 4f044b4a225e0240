using System.Text;
using Graft.Torch.Interop;

namespace Graft.Torch.Distributed;

/// <summary>A connection to the store where processes meet (c10d's TCPStore); one thread at a time.</summary>
public sealed class KeyValueStore : IDisposable
{
    private nint _handle;

    private KeyValueStore(nint handle) => _handle = handle;

    internal nint Handle => _handle;

    /// <summary>Connects to a store.</summary>
    /// <param name="host">Its machine.</param>
    /// <param name="port">Its TCP port.</param>
    /// <param name="serve">Whether this process serves it.</param>
    /// <param name="limit">How long to try.</param>
    /// <param name="prefix">Put in front of each key.</param>
    /// <exception cref="GraftException">Of kind Runtime: it cannot be served or reached.</exception>
    public static KeyValueStore Open(string host, int port, bool serve, TimeSpan limit, string prefix)
    {
        Native.Check(Native.graft_store_open(host, port, serve ? 1 : 0, (long)limit.TotalMilliseconds, prefix, out nint handle), $"store at {host}:{port}");
        return new KeyValueStore(handle);
    }

    /// <summary>Sets a key.</summary>
    public void Set(string key, string text) => Set(key, Encoding.UTF8.GetBytes(text));

    /// <summary>The text of a key; null when it is not set.</summary>
    public string? Text(string key)
    {
        Native.Check(Native.graft_store_get(_handle, key, out Tensor? bytes), $"store key {key}");
        using (bytes)
        {
            return bytes is null ? null : Encoding.UTF8.GetString(bytes.ToArray<byte>());
        }
    }

    /// <summary>Adds to the number of a key, which starts at 0; one process at a time.</summary>
    /// <returns>The sum.</returns>
    public long Add(string key, long amount)
    {
        Native.Check(Native.graft_store_add(_handle, key, amount, out long total), $"store key {key}");
        return total;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
        {
            Native.graft_store_free(_handle);
            _handle = 0;
        }
    }

    /// <summary>Gives up the connection without closing it: another thread waits in it for an answer that does not come.</summary>
    internal void Abandon() => _handle = 0;

    private unsafe void Set(string key, byte[] bytes)
    {
        fixed (byte* data = bytes)
        {
            Native.Check(Native.graft_store_set(_handle, key, data, bytes.Length), $"store key {key}");
        }
    }
}
