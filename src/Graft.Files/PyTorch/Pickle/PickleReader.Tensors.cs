using System.Buffers.Binary;

namespace Graft.Files;

/// <summary>Storages, tensors, and NumPy's numbers.</summary>
internal ref partial struct PickleReader
{
    private const int MaxDimensions = 64, LongestKey = 64;
    private const long MaxElements = 1L << 40;

    private readonly PickleStorage PersistentId(PickleValue id)
    {
        if (id is not PickleSequence
            {
                Kind: PickleSequenceKind.Tuple,
                Items: [{ Text: "storage" }, var type, var key, var location, var count, ..] items
            })
        {
            throw Error("a persistent id is not a storage");
        }

        if (type is not PickleGlobal { Meaning: PickleMeaning.Storage or PickleMeaning.UntypedStorage } known)
        {
            throw Error($"storage type {type} is not supported");
        }

        if (items.Count > 6 || (items.Count == 6 && !items[5].IsNone))
        {
            throw Error("views of storages are not supported");
        }

        if (key.Text is not { Length: > 0 and <= LongestKey } name || name.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            throw Error($"the storage key {key} has characters that do not belong in one");
        }

        if (location.Text is null)
        {
            throw Error("the location of a storage is not text");
        }

        if (count is not PickleScalar { Value: long elements } || elements is < 0 or > MaxElements)
        {
            throw Error($"a storage of {count} elements");
        }

        return _context.Storage(new PickleStorage(known.Element, name, elements));
    }

    private static readonly System.Buffers.SearchValues<char> KeyCharacters =
        System.Buffers.SearchValues.Create("0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly PickleTensor Tensor(IReadOnlyList<PickleValue> arguments, int fewest, int most, bool hasType)
    {
        if (arguments.Count < fewest || arguments.Count > most)
        {
            throw Error($"a tensor is rebuilt from {arguments.Count} arguments, {fewest} to {most} are expected");
        }

        if (arguments[0] is not PickleStorage storage)
        {
            throw Error("a tensor has no storage");
        }

        ElementType? named = hasType ? (arguments[6] as PickleGlobal)?.Element : storage.Type;
        if (named is not { } type || (hasType && ((PickleGlobal)arguments[6]).Meaning != PickleMeaning.ElementType))
        {
            throw Error("a tensor has no element type");
        }

        if (arguments.Count == most && most > 6 && arguments[most - 1] is PickleDictionary flags
            && (IsSet(flags, "conj") || IsSet(flags, "neg")))
        {
            throw Error("a tensor is stored conjugated or negated, which is not supported");
        }

        if (arguments[1] is not PickleScalar { Value: long and >= 0 and var offset })
        {
            throw Error($"a tensor begins at offset {arguments[1]}");
        }

        long[] shape = Sizes(arguments[2], "size"), strides = Sizes(arguments[3], "stride");
        if (shape.Length != strides.Length)
        {
            throw Error($"a tensor has {shape.Length} sizes and {strides.Length} strides");
        }

        if (!Extent.TryCount(shape, out long count) || count > MaxElements || !Extent.TryReach(shape, strides, out long reach))
        {
            throw Error($"a tensor of shape {Printable.Shape(shape)} is too large");
        }

        if (!Extent.TryBytes(type, storage.ByteLength * 8 / type.Bits(), out long room) || !Extent.TryBytes(type, offset, out long begin)
            || !Extent.TryBytes(type, count == 0 ? 0 : reach + 1, out long bytes) || begin > room || bytes > room - begin)
        {
            throw Error($"a tensor of shape {Printable.Shape(shape)} at offset {offset} reaches past its storage of {storage.Count} elements");
        }

        if (count > storage.ByteLength * 8 / type.Bits() && !_context.TryExpand(count))
        {
            throw Error($"a tensor of shape {Printable.Shape(shape)} repeats {storage.Count} stored elements too often: it is too large");
        }

        return new PickleTensor(storage, type, shape, strides, offset);
    }

    /// <summary>The plain tensor inside PyTorch's two wrappers for tensors with attributes; null for everything else.</summary>
    private readonly PickleValue? Unwrapped(PickleGlobal callee, IReadOnlyList<PickleValue> arguments) => (callee.Name, arguments) switch
    {
        ("torch._utils._rebuild_parameter_with_state", [PickleTensor tensor, _, _, _]) => tensor,
        ("torch._tensor._rebuild_from_type_v2", [PickleGlobal
        {
            Meaning: PickleMeaning.RebuildTensorV2 or PickleMeaning.RebuildTensorV3 or PickleMeaning.RebuildParameter
        } rebuild, PickleGlobal, PickleSequence { Kind: PickleSequenceKind.Tuple } inner, _]) => Known(rebuild, inner.Items),
        _ => null,
    };

    private static bool IsSet(PickleDictionary flags, string name) => flags.Find(name)?.Integer is { } value && value != 0;

    private readonly long[] Sizes(PickleValue value, string what)
    {
        if (value is not PickleSequence { Kind: PickleSequenceKind.Tuple } tuple)
        {
            throw Error($"the {what} of a tensor is not a tuple");
        }

        if (tuple.Items.Count > MaxDimensions)
        {
            throw Error($"a tensor with {tuple.Items.Count} dimensions, at most {MaxDimensions} are supported");
        }

        long[] sizes = new long[tuple.Items.Count];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (tuple.Items[i] is not PickleScalar { Value: long and >= 0 and var size })
            {
                throw Error($"the {what} of a tensor holds {tuple.Items[i]}");
            }

            sizes[i] = size;
        }

        return sizes;
    }

    private readonly PickleRecord NumpyType(IReadOnlyList<PickleValue> arguments)
    {
        if (arguments is not [{ Text: { } text }, ..] || !ElementTypes.TryFromNpy(text, out _))
        {
            throw Error($"the NumPy type {(arguments.Count > 0 ? arguments[0] : "without a name")} is not allowed");
        }

        return new PickleRecord("numpy.dtype", arguments);
    }

    private readonly PickleScalar NumpyScalar(IReadOnlyList<PickleValue> arguments)
    {
        if (arguments is not [PickleRecord { ClassName: "numpy.dtype" } dtype, PickleScalar { Value: byte[] bytes }]
            || !ElementTypes.TryFromNpy(dtype.Arguments[0].Text!, out ElementType type) || type.IsComplex()
                || bytes.Length != type.Bits() / 8)
        {
            throw Error("a NumPy number is malformed");
        }

        byte[] copy = (byte[])bytes.Clone();
        if (dtype.State is PickleSequence { Items: [_, { Text: ">" }, ..] })
        {
            StridedCopy.Swap(copy, type.SwapBytes());
        }

        if (type == ElementType.Boolean)
        {
            return copy[0] != 0 ? PickleScalar.True : PickleScalar.False;
        }

        if (type == ElementType.UInt64)
        {
            return PickleScalar.Of(new System.Numerics.BigInteger(BinaryPrimitives.ReadUInt64LittleEndian(copy)));
        }

        if (type.IsFloatingPoint())
        {
            double[] real = new double[1];
            ElementValues.ToDoubles(type, copy, real);
            return new PickleScalar(real[0]);
        }

        long[] whole = new long[1];
        ElementValues.ToInt64s(type, copy, whole);
        return PickleScalar.Of(whole[0]);
    }
}
