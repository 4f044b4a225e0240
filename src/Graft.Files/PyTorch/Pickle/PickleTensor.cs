namespace Graft.Files;

/// <summary>A tensor in a pickle: a strided view of a storage.</summary>
public sealed class PickleTensor : PickleValue
{
    internal PickleTensor(PickleStorage storage, ElementType type, long[] shape, long[] strides, long offset)
        => (Storage, DType, Shape, Strides, Offset) = (storage, type, shape, strides, offset);

    /// <summary>Element type.</summary>
    public ElementType DType { get; }

    /// <summary>Sizes.</summary>
    public IReadOnlyList<long> Shape { get; }

    internal PickleStorage Storage { get; }

    internal long[] Strides { get; }

    internal long Offset { get; }

    /// <summary>The tensor as a named entry, with its values.</summary>
    internal WeightEntry AsEntry(string name)
        => new(name, DType, (long[])Shape, Strides, Offset, Storage.Bytes, Storage.BigEndian);

    /// <summary>Type and shape.</summary>
    public override string ToString() => $"tensor {DType.ShortName()} {Printable.Shape((long[])Shape)}";
}
