namespace Graft.Files;

/// <summary>
/// The bytes of one or more tensors: a range of the mapped file, or the contents of a compressed member.
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

    /// <param name="file">The file that holds the bytes.</param>
    /// <param name="offset">Offset of the first byte.</param>
    /// <param name="length">Number of bytes once prepared.</param>
    /// <param name="key">Key of this storage within its file; tensors with equal keys share memory.</param>
    /// <param name="prepare">Checks the bytes and returns null, or returns the inflated bytes.</param>
    /// <param name="skip">Number of bytes before the first element.</param>
    internal StorageBytes(MappedFile file, long offset, long length, string key, Func<byte[]?>? prepare = null, int skip = 0)
    {
        (_file, _offset, Length, Key, _prepare, _skip) = (file, offset, length - skip, key, prepare, skip);
        _ready = prepare is null;
    }

    /// <summary>Bytes in memory, such as those inside a pickle.</summary>
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
    /// Prepares the bytes and returns where they begin: at an index of managed memory, or at an address in the mapped file.
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
