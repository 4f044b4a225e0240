using Graft.Files;

namespace Graft.Export;

/// <summary>Fields of the two tables of an adapter file, in the order of ONNX Runtime's schema, and ONNX's element types.</summary>
internal static class OnnxAdapterLayout
{
    internal const string Identifier = "TORT";
    internal const int FormatVersion = 1, DataAlignment = 8;
    internal const int FormatField = 0, AdapterField = 1, ModelField = 2, ParametersField = 3, AdapterFields = 4;
    internal const int NameField = 0, DimsField = 1, TypeField = 2, DataField = 3, ParameterFields = 4;

    private const int Single = 1, HalfPrecision = 10;

    /// <summary>ONNX's number of an element type, or null when adapter files of Graft do not hold it.</summary>
    internal static int? CodeOf(ElementType type) => type switch
    {
        ElementType.Float32 => Single,
        ElementType.Float16 => HalfPrecision,
        _ => null,
    };

    /// <summary>The element type of ONNX's number, or null.</summary>
    internal static ElementType? TypeOf(int code) => code switch
    {
        Single => ElementType.Float32,
        HalfPrecision => ElementType.Float16,
        _ => null,
    };

    /// <summary>Place of a field in a table's list of offsets: two sizes of 2 bytes stand before them.</summary>
    internal static short Offset(int field) => (short)(4 + (2 * field));
}
