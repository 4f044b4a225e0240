using Google.FlatBuffers;
using Graft.Files;

namespace Graft.Export;

/// <summary>Reads an adapter file: FlatBuffers' verifier checks every offset first, then names, types and sizes are checked.</summary>
internal static class OnnxAdapterReader
{
    private const int LeastBytes = 12, MostTables = 1_000_000, MostDimensions = 64, LongestName = 4096;

    internal static OnnxAdapterFile Read(string name, byte[] bytes)
    {
        if (bytes.Length < LeastBytes)
        {
            throw Bad(name, $"it has {bytes.Length} bytes");
        }

        try
        {
            ByteBuffer buffer = new(bytes);
            Verifier verifier = new(buffer, new Options(maxDepth: 8, maxTables: MostTables, stringEndCheck: true, alignmentCheck: true));
            if (!verifier.VerifyBuffer(OnnxAdapterLayout.Identifier, false, VerifyAdapter))
            {
                throw Bad(name, "its identifier is another, or its offsets lead out of the file");
            }

            return Adapter(name, new Table(buffer.GetInt(0), buffer));
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException or OverflowException or InvalidOperationException)
        {
            throw Bad(name, "its tables are inconsistent", error);
        }
    }

    private static bool VerifyAdapter(Verifier verifier, uint at)
        => verifier.VerifyTableStart(at)
            && verifier.VerifyField(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.FormatField), 4, 4, false)
            && verifier.VerifyField(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.AdapterField), 4, 4, false)
            && verifier.VerifyField(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.ModelField), 4, 4, false)
            && verifier.VerifyVectorOfTables(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.ParametersField), VerifyParameter, false)
            && verifier.VerifyTableEnd(at);

    private static bool VerifyParameter(Verifier verifier, uint at)
        => verifier.VerifyTableStart(at)
            && verifier.VerifyString(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.NameField), true)
            && verifier.VerifyVectorOfData(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.DimsField), 8, false)
            && verifier.VerifyField(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.TypeField), 4, 4, false)
            && verifier.VerifyVectorOfData(at, OnnxAdapterLayout.Offset(OnnxAdapterLayout.DataField), 1, false)
            && verifier.VerifyTableEnd(at);

    private static OnnxAdapterFile Adapter(string name, Table root)
    {
        int format = Integer(root, OnnxAdapterLayout.FormatField);
        if (format != OnnxAdapterLayout.FormatVersion)
        {
            throw Bad(name, $"its format version is {format}; version {OnnxAdapterLayout.FormatVersion} was expected");
        }

        List<WeightData> parameters = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        int list = Field(root, OnnxAdapterLayout.ParametersField);
        for (int i = 0, count = list == 0 ? 0 : root.__vector_len(list); i < count; i++)
        {
            WeightData parameter = Parameter(name, new Table(root.__indirect(root.__vector(list) + (4 * i)), root.bb));
            parameters.Add(names.Add(parameter.Name) ? parameter : throw Bad(name, $"it names {Printable.Quoted(parameter.Name)} twice"));
        }

        return new OnnxAdapterFile(Integer(root, OnnxAdapterLayout.AdapterField), Integer(root, OnnxAdapterLayout.ModelField), parameters);
    }

    private static WeightData Parameter(string file, Table table)
    {
        string name = table.__string(table.bb_pos + Field(table, OnnxAdapterLayout.NameField));
        if (name.Length is 0 or > LongestName)
        {
            throw Bad(file, $"a parameter's name has {name.Length} characters");
        }

        int code = Integer(table, OnnxAdapterLayout.TypeField);
        ElementType type = OnnxAdapterLayout.TypeOf(code)
            ?? throw Bad(file, $"{Printable.Quoted(name)} has ONNX's element type {code}; 1 (float32) or 10 (float16) was expected");
        int dims = Field(table, OnnxAdapterLayout.DimsField), count = dims == 0 ? 0 : table.__vector_len(dims);
        if (count > MostDimensions)
        {
            throw Bad(file, $"{Printable.Quoted(name)} has {count} dimensions");
        }

        long[] shape = [.. Enumerable.Range(0, count).Select(i => table.bb.GetLong(table.__vector(dims) + (8 * i)))];
        int data = Field(table, OnnxAdapterLayout.DataField);
        byte[] bytes = data == 0 ? [] : table.bb.ToArray(table.__vector(data), table.__vector_len(data));
        WeightData parameter;
        try
        {
            parameter = new WeightData(name, type, shape, use => use(bytes));
        }
        catch (ArgumentException error)
        {
            throw Bad(file, $"{Printable.Quoted(name)} has the impossible shape {Printable.Shape(shape)}", error);
        }

        return parameter.ByteLength == bytes.Length ? parameter
            : throw Bad(file, $"{Printable.Quoted(name)} has {bytes.Length} bytes; its shape {Printable.Shape(shape)} needs {parameter.ByteLength}");
    }

    /// <summary>Place of a field from the table's start, or 0 when it is absent.</summary>
    private static int Field(Table table, int field) => table.__offset(OnnxAdapterLayout.Offset(field));

    private static int Integer(Table table, int field) => Field(table, field) is int at and not 0 ? table.bb.GetInt(table.bb_pos + at) : 0;

    private static GraftException Bad(string name, string found, Exception? inner = null)
        => new(Failure.Model, $"{Printable.Name(name, 400)} is not an {OnnxAdapterFile.FileEnding} file that can be read: {found}.",
            "Export the adapter again, or copy the file again.", inner);
}
