using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using Graft.Detectors;
using Microsoft.Win32.SafeHandles;

namespace Graft.Data;

/// <summary>Keeps features in a file of limited size, which later runs of the same key go on with.</summary>
/// <remarks>Views are appended, each with a checksum: what a killed process left half-written, and what was damaged since, is dropped, said, and
/// computed again. Layout, little-endian: magic number and key; then for each view magic number, image, view, closing, number of boxes, bytes of
/// maps (4 bytes each), checksum (8 bytes), boxes, maps.</remarks>
public sealed class FeatureFile : IFeatureStore
{
    private const int KeyLength = 64, HeaderLength = 8 + KeyLength, RecordHeader = 32, HashAt = 24, BoxLength = 24;
    private const uint RecordMagic = 0x52464721;
    private static readonly byte[] Magic = "GRAFTFC1"u8.ToArray();

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _limit;
    private readonly IReadOnlyList<IReadOnlyDictionary<string, string>> _attributes;
    private readonly Dictionary<object, int> _numbers;
    private readonly Action<string> _note;
    private readonly ConcurrentDictionary<FeatureSlot, (long At, int Length)> _places = [];
    private long _end;
    private bool _full;

    private FeatureFile(
        SafeFileHandle file, string path, long limit, IReadOnlyList<IReadOnlyDictionary<string, string>> attributes, Action<string> note)
    {
        (_file, _path, _limit, _attributes, _note) = (file, path, limit, attributes, note);
        _numbers = attributes.Select((one, number) => (one, number)).ToDictionary(entry => (object)entry.one, entry => entry.number, ReferenceEqualityComparer.Instance);
    }

    /// <summary>Views that are kept.</summary>
    public int Count => _places.Count;

    /// <summary>Opens or creates a file; a process that holds it already keeps it, and the features of this one stay in memory.</summary>
    /// <param name="path">The file; its folder is created.</param>
    /// <param name="key">64 characters that identify data, augmentation and weights.</param>
    /// <param name="limit">Most bytes of the file.</param>
    /// <param name="attributes">Every attribute object of the data set's boxes, in an order that depends on the data only.</param>
    /// <param name="note">Is told what is damaged or full.</param>
    /// <exception cref="GraftException">Of kind Runtime: the file cannot be created.</exception>
    public static IFeatureStore Open(
        string path, string key, long limit, IReadOnlyList<IReadOnlyDictionary<string, string>> attributes, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(note);
        SafeFileHandle? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            FeatureFile opened = new(file, path, limit, attributes, note);
            opened.Scan(Encoding.ASCII.GetBytes(key.PadRight(KeyLength)[..KeyLength]));
            return opened;
        }
        catch (IOException) when (file is null && File.Exists(path))
        {
            note($"{path} is used by another process; this one keeps its features in memory.");
            return new FeatureMemory(limit, note);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new GraftException(
                Failure.Runtime, $"Cannot create the feature cache {path}: {error.Message}",
                "Check space and permissions, name another folder with train.feature_cache_dir, or set train.feature_cache=memory.", error);
        }
    }

    /// <inheritdoc/>
    public FeatureSample? Find(FeatureSlot slot)
    {
        if (!_places.TryGetValue(slot, out (long At, int Length) place))
        {
            return null;
        }

        byte[] record = GC.AllocateUninitializedArray<byte>(place.Length);
        if (Read(record, place.At) && BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(HashAt)) == Hash(record) && Parse(record) is { } sample)
        {
            return sample;
        }

        if (_places.TryRemove(slot, out _))
        {
            _note($"{_path}: a view of image {slot.Image} is damaged; it is computed again.");
        }

        return null;
    }

    /// <inheritdoc/>
    public void Add(FeatureSlot slot, FeatureSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (_full || _places.ContainsKey(slot))
        {
            return;
        }

        byte[] record = Record(slot, sample);
        if (_end + record.Length > _limit)
        {
            Stop("is full");
            return;
        }

        try
        {
            RandomAccess.Write(_file, record, _end);
            _places[slot] = (_end, record.Length);
            _end += record.Length;
        }
        catch (IOException error)
        {
            Cut();
            Stop($"cannot grow ({error.Message.TrimEnd('.')})");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Stop(string reason)
    {
        _full = true;
        _note($"{_path} {reason}: {Counted.Of(Count, "view")}; the others are computed whenever they are needed. train.feature_cache_gb sets its size.");
    }

    /// <summary>Finds the views that are kept; what is not readable is cut off.</summary>
    private void Scan(byte[] key)
    {
        long length = RandomAccess.GetLength(_file);
        byte[] header = new byte[HeaderLength], expected = [.. Magic, .. key];
        if (length > 0 && !(Read(header, 0) && header.AsSpan().SequenceEqual(expected)))
        {
            _note($"{_path} is damaged or of another kind; it is built again.");
            length = 0;
        }

        _end = HeaderLength;
        if (length == 0)
        {
            Cut();
            RandomAccess.Write(_file, expected, 0);
            return;
        }

        byte[] record = new byte[RecordHeader];
        while (_end < length)
        {
            if (!Read(record, _end) || LengthOf(record) is not { } size || _end + size > length)
            {
                _note($"{_path} ends with something unreadable, as after a power cut; {Counted.Of(Count, "view")} are used, what followed is computed again.");
                Cut();
                return;
            }

            _places[new FeatureSlot(Number(record, 4), Number(record, 8), Number(record, 12) != 0)] = (_end, size);
            _end += size;
        }
    }

    private void Cut() => RandomAccess.SetLength(_file, _end);

    private bool Read(byte[] target, long at)
    {
        try
        {
            return RandomAccess.Read(_file, target, at) == target.Length;
        }
        catch (IOException)
        {
            return false;           // a damaged medium
        }
    }

    /// <summary>Length of a record; null where its header is none.</summary>
    private static int? LengthOf(byte[] record)
    {
        long boxes = Number(record, 16), maps = Number(record, 20), length = RecordHeader + (boxes * BoxLength) + maps;
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == RecordMagic && boxes >= 0 && maps >= 0 && length <= Array.MaxLength ? (int)length : null;
    }

    private byte[] Record(FeatureSlot slot, FeatureSample sample)
    {
        int boxes = sample.Boxes.Count;
        byte[] record = GC.AllocateUninitializedArray<byte>(RecordHeader + (boxes * BoxLength) + sample.Maps.Length);
        int[] header = [unchecked((int)RecordMagic), slot.Image, slot.View, slot.Closing ? 1 : 0, boxes, sample.Maps.Length];
        for (int i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4 * i), header[i]);
        }

        for (int i = 0; i < boxes; i++)
        {
            Targets.Row row = sample.Boxes[i];
            Span<byte> at = record.AsSpan(RecordHeader + (i * BoxLength));
            BinaryPrimitives.WriteInt32LittleEndian(at, row.Label);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], row.Attributes is null ? -1 : _numbers[row.Attributes]);
            BinaryPrimitives.WriteSingleLittleEndian(at[8..], row.X1);
            BinaryPrimitives.WriteSingleLittleEndian(at[12..], row.Y1);
            BinaryPrimitives.WriteSingleLittleEndian(at[16..], row.X2);
            BinaryPrimitives.WriteSingleLittleEndian(at[20..], row.Y2);
        }

        sample.Maps.CopyTo(record, record.Length - sample.Maps.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(HashAt), Hash(record));
        return record;
    }

    private FeatureSample? Parse(byte[] record)
    {
        Targets.Row[] rows = new Targets.Row[Number(record, 16)];
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<byte> at = record.AsSpan(RecordHeader + (i * BoxLength));
            int attributes = BinaryPrimitives.ReadInt32LittleEndian(at[4..]);
            if (attributes >= _attributes.Count)
            {
                return null;
            }

            rows[i] = new Targets.Row(
                0, BinaryPrimitives.ReadInt32LittleEndian(at), BinaryPrimitives.ReadSingleLittleEndian(at[8..]),
                BinaryPrimitives.ReadSingleLittleEndian(at[12..]), BinaryPrimitives.ReadSingleLittleEndian(at[16..]), BinaryPrimitives.ReadSingleLittleEndian(at[20..]))
            { Attributes = attributes < 0 ? null : _attributes[attributes] };
        }

        return new FeatureSample(rows, record[(RecordHeader + (rows.Length * BoxLength))..]);
    }

    private static int Number(byte[] record, int at) => BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(at));

    /// <summary>Checksum of a record, without the checksum itself.</summary>
    private static ulong Hash(byte[] record)
    {
        XxHash3 hash = new();
        hash.Append(record.AsSpan(0, HashAt));
        hash.Append(record.AsSpan(RecordHeader));
        return hash.GetCurrentHashAsUInt64();
    }
}
