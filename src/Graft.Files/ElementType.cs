namespace Graft.Files;

/// <summary>Element type of a stored tensor, in any format that Graft reads.</summary>
public enum ElementType
{
    /// <summary>One byte, zero or one.</summary>
    Boolean,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8,

    /// <summary>Signed, 8 bits.</summary>
    Int8,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16,

    /// <summary>Signed, 16 bits.</summary>
    Int16,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32,

    /// <summary>Signed, 32 bits.</summary>
    Int32,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64,

    /// <summary>Signed, 64 bits.</summary>
    Int64,

    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>The upper half of a single: 8 bits of exponent, 7 of fraction.</summary>
    BFloat16,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>IEEE double precision.</summary>
    Float64,

    /// <summary>Two halves, real then imaginary.</summary>
    Complex32,

    /// <summary>Two singles, real then imaginary.</summary>
    Complex64,

    /// <summary>Two doubles, real then imaginary.</summary>
    Complex128,

    /// <summary>8 bits: 4 exponent, 3 fraction, no infinity (E4M3FN).</summary>
    Float8E4M3,

    /// <summary>8 bits: 5 exponent, 2 fraction.</summary>
    Float8E5M2,

    /// <summary>8 bits: 4 exponent (bias 8), 3 fraction, no negative zero.</summary>
    Float8E4M3Fnuz,

    /// <summary>8 bits: 5 exponent (bias 16), 2 fraction, no negative zero.</summary>
    Float8E5M2Fnuz,

    /// <summary>8 bits of exponent only: a power of two.</summary>
    Float8E8M0,

    /// <summary>4 bits: 2 exponent, 1 fraction; listed and copied, not converted.</summary>
    Float4,

    /// <summary>6 bits: 2 exponent, 3 fraction; listed and copied, not converted.</summary>
    Float6E2M3,

    /// <summary>6 bits: 3 exponent, 2 fraction; listed and copied, not converted.</summary>
    Float6E3M2,
}
