namespace Graft.Torch;

/// <summary>Element types, with libtorch's numbers.</summary>
public enum DType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    Byte = 0,

    /// <summary>Signed 8-bit integer.</summary>
    SByte = 1,

    /// <summary>Signed 16-bit integer.</summary>
    Short = 2,

    /// <summary>Signed 32-bit integer.</summary>
    Int = 3,

    /// <summary>Signed 64-bit integer.</summary>
    Long = 4,

    /// <summary>IEEE 16-bit float.</summary>
    Half = 5,

    /// <summary>32-bit float.</summary>
    Float = 6,

    /// <summary>64-bit float.</summary>
    Double = 7,

    /// <summary>Two 32-bit floats.</summary>
    ComplexFloat = 9,

    /// <summary>Two 64-bit floats.</summary>
    ComplexDouble = 10,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 11,

    /// <summary>The upper 16 bits of a 32-bit float.</summary>
    BFloat16 = 15,
}

/// <summary>Order of a tensor's elements in memory, with libtorch's numbers.</summary>
public enum MemoryFormat
{
    /// <summary>Last axis fastest (NCHW).</summary>
    Contiguous = 0,

    /// <summary>Preserves the format of the source.</summary>
    Preserve = 1,

    /// <summary>Channels-last: channels fastest (NHWC); the fastest for convolutions on a CPU.</summary>
    ChannelsLast = 2,
}
