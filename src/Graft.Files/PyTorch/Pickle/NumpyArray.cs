namespace Graft.Files;

/// <summary>A NumPy array inside a pickle: its state holds version, shape, type, memory order and bytes. Nothing is called.</summary>
internal static class NumpyArray
{
    /// <summary>Whether a record is the call by which NumPy rebuilds an array.</summary>
    internal static bool Claims(PickleRecord record)
        => record is
        {
            ClassName: "numpy.core.multiarray._reconstruct" or "numpy._core.multiarray._reconstruct",
            Arguments: [PickleGlobal { Name: "numpy.ndarray" }, ..],
        };

    /// <summary>The array as a tensor.</summary>
    /// <exception cref="GraftException">Its bytes are not those that shape and type need.</exception>
    internal static WeightEntry Entry(PickleRecord array, string name, PickleContext context)
    {
        if (array.State is not PickleSequence
            {
                Items: [_, PickleSequence sizes, PickleRecord { ClassName: "numpy.dtype" } dtype, var order, PickleScalar { Value: byte[] bytes }]
            }
            || !ElementTypes.TryFromNpy(dtype.Arguments[0].Text ?? "", out ElementType type)
            || sizes.Items.Any(size => size is not PickleScalar { Value: long and >= 0 }))
        {
            throw Bad.File(context.Path, $"{Printable.Quoted(name)} is a NumPy array whose contents are not plain numbers.", "Save tensors instead: torch.from_numpy(array).");
        }

        long[] shape = [.. sizes.Items.Select(size => (long)((PickleScalar)size).Value!)];
        if (!Extent.TryCount(shape, out long count) || !Extent.TryBytes(type, count, out long needed) || needed != bytes.Length)
        {
            throw Bad.File(context.Path, $"{Printable.Quoted(name)} is a NumPy array of shape {Printable.Shape(shape)} with {bytes.Length} bytes, which its type {type.TorchName()} does not need.");
        }

        bool bigEndian = dtype.State is PickleSequence { Items: [_, { Text: ">" }, ..] };
        return new WeightEntry(name, type, shape, Strides(shape, order is PickleScalar { Value: true }), 0, new StorageBytes(bytes, $"array {name}"), bigEndian);
    }

    private static long[] Strides(long[] shape, bool columns)
    {
        long[] strides = new long[shape.Length];
        long step = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            int axis = columns ? i : shape.Length - 1 - i;
            strides[axis] = step;
            step *= Math.Max(shape[axis], 1);
        }

        return strides;
    }
}
