using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Graft.Runtime.Models;

/// <summary>The head of an adapter file: which model it is for and which weights it replaces.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="AdapterVersion">Tells the adapters of one base apart.</param>
/// <param name="ModelVersion">The first four bytes of the base model's hash as a little-endian number.</param>
/// <param name="Names">Names of its parameters.</param>
/// <remarks>FlatBuffers, identifier TORT; source: onnxruntime/lora/adapter_format/adapter_schema.fbs.</remarks>
internal sealed record AdapterFile(string Path, int AdapterVersion, int ModelVersion, IReadOnlyList<string> Names)
{
    private const int VersionField = 0, AdapterVersionField = 1, ModelVersionField = 2, ParametersField = 3, NameField = 0, Version = 1;

    /// <summary>Reads the head.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Model: damaged or of another format.</exception>
    public static AdapterFile Read(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8 || !bytes.Slice(4, 4).SequenceEqual("TORT"u8))
        {
            throw new OnnxDetectorException(FailureKind.Model, $"{path} is not an .onnx_adapter file: its identifier TORT is missing.", "graft export --adapters inputs writes one beside its base.");
        }

        try
        {
            int root = Offset(bytes, 0);
            int version = Field(bytes, root, VersionField) is > 0 and int at ? Integer(bytes, at) : 0;
            if (version != Version)
            {
                throw new OnnxDetectorException(FailureKind.Model, $"{path} has format {version}; {Version} is expected.", "Export the adapter again.");
            }

            int adapter = Field(bytes, root, AdapterVersionField) is > 0 and int where ? Integer(bytes, where) : 0;
            int model = Field(bytes, root, ModelVersionField) is > 0 and int place ? Integer(bytes, place) : 0;
            int list = Field(bytes, root, ParametersField);
            int start = list > 0 ? Offset(bytes, list) : 0;
            string[] names = new string[list > 0 ? Math.Clamp(Integer(bytes, start), 0, bytes.Length / 4) : 0];
            for (int i = 0; i < names.Length; i++)
            {
                int parameter = Offset(bytes, start + 4 + (4 * i)), name = Field(bytes, parameter, NameField);
                int text = name > 0 ? Offset(bytes, name) : throw new ArgumentOutOfRangeException(nameof(bytes));
                names[i] = Encoding.UTF8.GetString(bytes.Slice(text + 4, Integer(bytes, text)));
            }

            return new AdapterFile(path, adapter, model, names);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new OnnxDetectorException(FailureKind.Model, $"{path} is cut off or damaged ({bytes.Length} bytes).", "Export or copy it again.", error);
        }
    }

    /// <summary>Checks that a model is the one that the adapter was made for.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Model: it takes no adapters, or others.</exception>
    public void CheckBase(OpenModel model)
    {
        string? expected = model.Contract.Description.AdapterBase;
        if (model.AdapterInputs.Count == 0)
        {
            throw new OnnxDetectorException(
                FailureKind.Model, $"{model.File} takes no adapters: none of its weights are optional inputs.", "Export it with --adapters inputs.");
        }

        string prefix = string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReverseEndianness(ModelVersion):x8}");
        if (expected is not null && expected.Length >= 8 && !expected.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw new OnnxDetectorException(
                FailureKind.Model, $"{Path} is an adapter of another base: its hash starts with {prefix}, that of {model.File} with {expected[..8]}.",
                "Export the adapter together with this base.");
        }

        if (Names.FirstOrDefault(name => !model.AdapterInputs.Contains(name)) is string unknown)
        {
            throw new OnnxDetectorException(
                FailureKind.Model, $"{Path} is an adapter of another base: it has weights named {unknown}, which {model.File} has not.",
                "Export the adapter together with this base.");
        }
    }

    private static int Integer(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.Slice(at, 4));

    private static int Offset(ReadOnlySpan<byte> bytes, int at) => at + Integer(bytes, at);

    /// <summary>Place of a table's field; 0 where it has its default.</summary>
    private static int Field(ReadOnlySpan<byte> bytes, int table, int field)
    {
        int virtualTable = table - Integer(bytes, table), at = 4 + (2 * field);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(virtualTable, 2));
        int offset = at < size ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(virtualTable + at, 2)) : 0;
        return offset == 0 ? 0 : table + offset;
    }
}
