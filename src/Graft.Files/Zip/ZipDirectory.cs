using System.Buffers.Binary;
using System.Text;

namespace Graft.Files;

/// <summary>
/// Reads a zip file's central directory and checks it against local headers and positions:
/// no duplicate, overlapping, encrypted or oddly named member, no gap in front, no suspicious compression ratio.
/// </summary>
internal sealed class ZipDirectory
{
    private const int EndBytes = 22, CentralBytes = 46, LocalBytes = 30, MaxMembers = 1_000_000;
    private const long FreelyInflated = 1 << 20, MaxInflation = 1000;
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);
    private readonly MappedFile _file;
    private readonly bool _refuseDrives;

    private ZipDirectory(MappedFile file, bool refuseDrives) => (_file, _refuseDrives) = (file, refuseDrives);

    /// <summary>All members that are not folders, by name.</summary>
    internal Dictionary<string, ZipMember> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Names in the order of the directory, folders included.</summary>
    internal List<string> Names { get; } = [];

    /// <param name="file">The file, which begins like a zip file.</param>
    /// <param name="refuseDrives">Whether a name such as <c>C:x</c> is refused; NumPy's keys may look like this.</param>
    internal static ZipDirectory Read(MappedFile file, bool refuseDrives)
    {
        ZipDirectory directory = new(file, refuseDrives);
        directory.Read();
        return directory;
    }

    private void Read()
    {
        long end = FindEnd();
        ReadOnlySpan<byte> record = _file.Span(end, EndBytes);
        long count = U16(record, 10), bytes = U32(record, 12), start = U32(record, 16);
        if (U16(record, 4) != 0 || U16(record, 6) != 0 || U16(record, 8) != count)
        {
            throw Broken("zip files of several parts are not supported");
        }

        if (end >= 20 && U32(_file.Span(end - 20, 20), 0) == 0x07064B50)
        {
            long end64 = checked((long)Math.Min(U64(_file.Span(end - 20, 20), 8), long.MaxValue));
            if (end64 > end - 76 || U32(_file.Span(end64, 56), 0) != 0x06064B50)
            {
                throw Broken("its zip64 end record is missing");
            }

            ReadOnlySpan<byte> record64 = _file.Span(end64, 56);
            ulong count64 = U64(record64, 32), bytes64 = U64(record64, 40), start64 = U64(record64, 48);
            if (Differs(count, 0xFFFF, count64) || Differs(bytes, 0xFFFFFFFF, bytes64) || Differs(start, 0xFFFFFFFF, start64))
            {
                throw Broken("its two end records disagree");
            }

            (count, bytes, start, end) = ((long)Math.Min(count64, long.MaxValue), (long)Math.Min(bytes64, long.MaxValue),
                (long)Math.Min(start64, long.MaxValue), end64);
        }

        if (start > end || bytes != end - start)
        {
            throw Broken($"its directory should lie at bytes {start} to {(Int128)start + bytes}, the end record stands at {end}");
        }

        if (count > MaxMembers || count > bytes / CentralBytes)
        {
            throw Broken($"it claims {count} members, its directory has room for {bytes / CentralBytes}");
        }

        ReadMembers(start, bytes, count);
    }

    private static bool Differs(long value, long marker, ulong value64) => value != marker && (ulong)value != value64;

    private long FindEnd()
    {
        for (long at = _file.Length - EndBytes; at >= Math.Max(0, _file.Length - EndBytes - ushort.MaxValue); at--)
        {
            ReadOnlySpan<byte> record = _file.Span(at, EndBytes);
            if (U32(record, 0) == 0x06054B50 && at + EndBytes + U16(record, 20) == _file.Length)
            {
                return at;
            }
        }

        throw Broken("it begins like a zip file, but the directory at its end is missing", "The file is probably cut off; download it again.");
    }

    private void ReadMembers(long start, long bytes, long count)
    {
        List<(long Begin, long End, string Name)> extents = new((int)count);
        HashSet<string> seen = new((int)count, StringComparer.Ordinal);
        long at = start, end = start + bytes;
        for (long i = 0; i < count; i++)
        {
            if (end - at < CentralBytes || U32(_file.Span(at, CentralBytes), 0) != 0x02014B50)
            {
                throw Broken($"member {i} of {count} is missing in its directory");
            }

            ReadOnlySpan<byte> head = _file.Span(at, CentralBytes);
            int nameBytes = U16(head, 28), extraBytes = U16(head, 30), commentBytes = U16(head, 32);
            if (end - at - CentralBytes < nameBytes + extraBytes + commentBytes)
            {
                throw Broken("its directory is cut off");
            }

            ReadOnlySpan<byte> rawName = _file.Span(at + CentralBytes, nameBytes);
            string name = Decode(rawName);
            if (!seen.Add(name))
            {
                throw Broken($"two members are named {Printable.Quoted(name)}");
            }

            Names.Add(name);
            extents.Add(ReadMember(name, rawName, head, _file.Span(at + CentralBytes + nameBytes, extraBytes), start));
            at += CentralBytes + nameBytes + extraBytes + commentBytes;
        }

        if (at != end)
        {
            throw Broken($"its directory holds more than the {count} members of the end record");
        }

        extents.Sort((a, b) => a.Begin.CompareTo(b.Begin));
        long last = 0;
        foreach ((long begin, long stop, string name) in extents)
        {
            if (begin < last)
            {
                throw Broken($"member {Printable.Quoted(name)} overlaps another one");
            }

            last = stop;
        }

        if (extents.Count > 0 && extents[0].Begin != 0)
        {
            throw Broken($"{extents[0].Begin} bytes stand before its first member");
        }
    }

    private (long Begin, long End, string Name) ReadMember(string name, ReadOnlySpan<byte> rawName, ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> extra, long directory)
    {
        int flags = U16(head, 8), method = U16(head, 10);
        ulong packed = U32(head, 20), length = U32(head, 24), local = U32(head, 42);
        ReadZip64(extra, ref length, ref packed, ref local, name);
        string shown = Printable.Quoted(name);
        if ((flags & 0x2041) != 0)
        {
            throw Broken($"member {shown} is encrypted");
        }

        if (method is not (0 or 8))
        {
            throw Broken($"member {shown} uses compression method {method}; stored (0) and deflate (8) are supported");
        }

        if (local > (ulong)directory || (ulong)directory - local < LocalBytes || U32(_file.Span((long)local, LocalBytes), 0) != 0x04034B50)
        {
            throw Broken($"the local header of member {shown} is missing");
        }

        ReadOnlySpan<byte> header = _file.Span((long)local, LocalBytes);
        long data = (long)local + LocalBytes + U16(header, 26) + U16(header, 28);
        if (data > directory || packed > (ulong)(directory - data))
        {
            throw Broken($"member {shown} reaches past its end: {packed} bytes at {data}, the directory begins at {directory}");
        }

        if (!_file.Span((long)local + LocalBytes, U16(header, 26)).SequenceEqual(rawName) || U16(header, 8) != method
            || (U16(header, 6) & 0x2041) != 0)
        {
            throw Broken($"the local header of member {shown} disagrees with the directory");
        }

        bool sizesFollow = (U16(header, 6) & 8) != 0;
        if (!sizesFollow && (Disagrees(U32(header, 18), packed) || Disagrees(U32(header, 22), length)))
        {
            throw Broken($"the local header of member {shown} gives another size than the directory");
        }

        if (method == 0 && packed != length)
        {
            throw Broken($"member {shown} is stored, but its two sizes are {packed} and {length}");
        }

        if (length > FreelyInflated && length / MaxInflation >= Math.Max(packed, 1))
        {
            throw Broken($"member {shown} would unpack from {packed} to {length} bytes, more than {MaxInflation} times",
                "Save it without compression if it is genuine.");
        }

        if (name.EndsWith('/'))
        {
            if (length != 0)
            {
                throw Broken($"the folder {shown} has contents of its own");
            }
        }
        else
        {
            Members.Add(name, new ZipMember(_file, name, method == 8, U32(head, 16), (long)packed, (long)length, data));
        }

        return ((long)local, data + (long)packed, name);
    }

    private static bool Disagrees(uint local, ulong central) => local != uint.MaxValue && local != central;

    private void ReadZip64(ReadOnlySpan<byte> extra, ref ulong length, ref ulong packed, ref ulong local, string name)
    {
        while (extra.Length >= 4)
        {
            int id = U16(extra, 0), bytes = U16(extra, 2);
            if (bytes > extra.Length - 4)
            {
                break;
            }

            ReadOnlySpan<byte> body = extra.Slice(4, bytes);
            extra = extra[(4 + bytes)..];
            if (id == 1)
            {
                Take(ref body, ref length, name);
                Take(ref body, ref packed, name);
                Take(ref body, ref local, name);
                return;
            }
        }
    }

    private void Take(ref ReadOnlySpan<byte> body, ref ulong value, string name)
    {
        if (value != uint.MaxValue)
        {
            return;
        }

        if (body.Length < 8)
        {
            throw Broken($"the zip64 sizes of member {Printable.Quoted(name)} are missing");
        }

        value = U64(body, 0);
        body = body[8..];
    }

    private string Decode(ReadOnlySpan<byte> raw)
    {
        string name;
        try
        {
            name = StrictUtf8.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            throw Broken($"the name of a member is not UTF-8: {Printable.Quoted(Encoding.Latin1.GetString(raw))}");
        }

        bool drive = _refuseDrives && name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]);
        if (name.Length == 0 || name[0] == '/' || drive || name.AsSpan().ContainsAny('\\', '\0') || name.Split('/').Contains(".."))
        {
            throw Broken($"member name {Printable.Quoted(name)} is not allowed");
        }

        return name;
    }

    private GraftException Broken(string how, string? hint = null)
        => Bad.File(_file.Path, $"not a valid zip file: {how}.",
            hint ?? "Download the file again, or save it again with the program that made it.");

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
