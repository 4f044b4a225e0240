namespace Graft.Torch.Images;

/// <summary>The first directory of a TIFF structure: of a TIFF or BigTIFF file, or of an EXIF block in another file.</summary>
internal sealed class TiffDirectory
{
    internal const int Orientation = 274;

    private readonly Dictionary<int, (int Type, long Count, long At)> _entries = [];
    private readonly ImageBytes _bytes;
    private readonly long _start;
    private readonly bool _big;

    private TiffDirectory(ImageBytes bytes, long start, bool little, bool big)
        => (_bytes, _start, Little, _big) = (bytes, start, little, big);

    /// <summary>Whether numbers are little-endian.</summary>
    internal bool Little { get; }

    /// <summary>Reads the directory; null when there is none or it does not lie within the block.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="start">Where the block begins; its offsets are relative to it.</param>
    /// <param name="length">Bytes of the block.</param>
    internal static TiffDirectory? Read(ImageBytes bytes, long start, long length)
    {
        bool little = bytes.Has(start, "II"u8);
        if (!little && !bytes.Has(start, "MM"u8))
        {
            return null;
        }

        long version = bytes.Number(start + 2, 2, little);
        if (version is not 42 and not 43)
        {
            return null;
        }

        TiffDirectory directory = new(bytes, start, little, version == 43);
        (int offset, int word, int entry) = directory._big ? (8, 8, 20) : (4, 4, 12);
        long first = bytes.Number(start + offset, word, little);
        int counted = directory._big ? 8 : 2;
        if (first < 8 || first > length - counted)
        {
            return null;
        }

        long count = bytes.Number(start + first, counted, little);
        for (long i = 0, at = start + first + counted; i < Math.Min(count, ushort.MaxValue) && at + entry <= start + length; i++, at += entry)
        {
            int tag = (int)bytes.Number(at, 2, little);
            int type = (int)bytes.Number(at + 2, 2, little);
            _ = directory._entries.TryAdd(tag, (type, bytes.Number(at + 4, word, little), at + 4 + word));
        }

        return directory;
    }

    /// <summary>Number of values of a tag.</summary>
    internal long Count(int tag) => _entries.TryGetValue(tag, out (int Type, long Count, long At) entry) ? entry.Count : 0;

    /// <summary>Offset in the file of a value that fits into its entry.</summary>
    internal long OffsetOf(int tag) => _entries[tag].At;

    /// <summary>One value of a tag as a whole number; −1 when there is none.</summary>
    internal long Value(int tag, long index = 0)
    {
        if (!_entries.TryGetValue(tag, out (int Type, long Count, long At) entry) || index >= entry.Count)
        {
            return -1;
        }

        int size = entry.Type switch { 1 => 1, 3 => 2, 4 or 13 => 4, 16 or 18 => 8, _ => 0 };
        int inside = _big ? 8 : 4;
        if (size == 0)
        {
            return -1;
        }

        long at = entry.At;
        if (entry.Count > inside / size)
        {
            long elsewhere = _bytes.Number(at, inside, Little);
            at = elsewhere < 0 ? -1 : _start + elsewhere;
        }

        return at < 0 ? -1 : _bytes.Number(at + (index * size), size, Little);
    }

    /// <summary>The orientation of an EXIF block, 1 to 8; 1 when there is none or the block is broken.</summary>
    internal static int OrientationOf(ImageBytes bytes, long start, long length)
    {
        if (bytes.Has(start, "Exif\0\0"u8))
        {
            (start, length) = (start + 6, length - 6);
        }

        return Read(bytes, start, length)?.Value(Orientation) is >= 1 and <= 8 and long found ? (int)found : 1;
    }
}
