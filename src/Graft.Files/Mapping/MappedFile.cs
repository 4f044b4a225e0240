using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Graft.Files;

/// <summary>A whole file as read-only memory; pages are loaded on access.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte[]? _pinned;
    private byte* _start;

    private MappedFile(string path, long length, MemoryMappedFile map)
    {
        (Path, Length, _map) = (path, length, map);
        _view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    private MappedFile(string path, byte[] pinned)
    {
        (Path, Length, _pinned) = (path, pinned.Length, pinned);
        _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
    }

    internal string Path { get; }

    internal long Length { get; }

    /// <summary>The first byte; valid until disposal.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    internal byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(_start == null, this);
            return _start;
        }
    }

    /// <summary>Bytes in memory instead of a file.</summary>
    internal static MappedFile Of(string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            throw Bad.File(name, "the file is empty (0 bytes).");
        }

        byte[] pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return new MappedFile(name, pinned);
    }

    internal static MappedFile Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw Bad.File(path, "is a folder, a weight file was expected.", "Name the file inside it.");
        }

        FileInfo info = new(path);
        if (!info.Exists)
        {
            throw new GraftException(
                Failure.Model, $"{Printable.Name(path, 400)}: there is no such file.", "Check the path and the spelling.");
        }

        if (info.Length == 0)
        {
            throw Bad.File(path, "the file is empty (0 bytes).", "The download or copy probably failed; download it again.");
        }

        try
        {
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
            MemoryMappedFile map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None,
                leaveOpen: false);
            return new MappedFile(path, stream.Length, map);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Bad.File(path, $"cannot be opened: {error.Message}", null, error);
        }
    }

    /// <summary>Bytes of the file; the range must have been checked against <see cref="Length"/>.</summary>
    internal ReadOnlySpan<byte> Span(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw Bad.File(Path, $"bytes {offset} to {offset + length} were needed, the file has {Length}.");
        }

        return new ReadOnlySpan<byte>(Start + offset, length);
    }

    /// <summary>Lets the system reclaim the memory of a range that was read; it can be read again.</summary>
    internal void Release(long offset, long length)
    {
        if (_pinned is null && _start != null && length > 0)
        {
            NativeMemoryPages.Release((nint)(_start + offset), length);
        }
    }

    public void Dispose()
    {
        if (_start != null)
        {
            _start = null;
            _view?.SafeMemoryMappedViewHandle.ReleasePointer();
            _view?.Dispose();
            _map?.Dispose();
            GC.KeepAlive(_pinned);
        }
    }
}
