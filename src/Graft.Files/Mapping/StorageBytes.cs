namespace Graft.Files;

/// <summary>
/// The bytes that one or more tensors lie in: a stretch of the mapped file, or what a packed member inflates to.
/// Checks that need the bytes (CRC, inflating) happen once, when the bytes are first read.
/// </summary>
internal sealed unsafe class StorageBytes
{
    private readonly MappedFile? _file;
    private readonly long _offset;
    private readonly int _skip;
    private readonly Func<byte[]?>? _prepare;
    private readonly Lock _gate = new();
    private byte[]? _managed;
    private bool _ready;

    /// <param name="file">Where the bytes lie.</param>
    /// <param name="offset">Where they begin.</param>
    /// <param name="length">How many there are once prepared.</param>
    /// <param name="key">What names this storage within its file; tensors with equal keys share memory.</param>
    /// <param name="prepare">Checks the bytes and returns null, or returns the inflated bytes.</param>
    /// <param name="skip">How many of them stand before the first element.</param>
    internal StorageBytes(MappedFile file, long offset, long length, string key, Func<byte[]?>? prepare = null, int skip = 0)
    {
        (_file, _offset, Length, Key, _prepare, _skip) = (file, offset, length - skip, key, prepare, skip);
        _ready = prepare is null;
    }

    /// <summary>Bytes that are in memory already, such as those that stand inside a pickle.</summary>
    internal StorageBytes(byte[] bytes, string key) => (Length, Key, _prepare) = (bytes.Length, key, () => bytes);

    internal long Length { get; }

    internal string Key { get; }

    /// <summary>Releases the memory of the bytes while they are not read.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            if (_managed is null)
            {
                _file!.Release(_offset, Length + _skip);
            }
            else
            {
                (_managed, _ready) = (null, false);
            }
        }
    }

    /// <summary>
    /// Makes the bytes ready and says where they begin: at an index of managed memory, or at an address in the mapped file.
    /// </summary>
    internal (byte[]? Managed, nint Place) Open()
    {
        lock (_gate)
        {
            if (!_ready)
            {
                _managed = _prepare!();
                _ready = true;
            }

            return _managed is { } bytes ? (bytes, _skip) : (null, (nint)(_file!.Start + _offset + _skip));
        }
    }
}
