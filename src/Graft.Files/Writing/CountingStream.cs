using System.IO.Hashing;

namespace Graft.Files;

/// <summary>Forwards writes, counts their bytes and computes their CRC.</summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    private readonly Crc32 _checksum = new();

    internal long Count { get; private set; }

    internal uint Crc => _checksum.GetCurrentHashAsUInt32();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Count;

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _checksum.Append(buffer);
        Count += buffer.Length;
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
