namespace Graft.Files;

/// <summary>A storage that a pickle refers to by key: its type, its length, and where the bytes are.</summary>
internal sealed class PickleStorage(ElementType? type, string key, long count) : PickleValue
{
    /// <summary>Null for storages without a type; <see cref="Count"/> is in bytes then.</summary>
    internal ElementType? Type => type;

    internal string Key => key;

    internal long Count => count;

    internal long ByteLength => Extent.TryBytes(type ?? ElementType.UInt8, count, out long bytes) ? bytes : long.MaxValue;

    internal bool BigEndian { get; set; }

    internal StorageBytes? Bytes { get; set; }
}
