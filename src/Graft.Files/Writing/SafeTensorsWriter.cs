using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Graft.Files;

/// <summary>Writes safetensors files: tensors ordered by element size, then name; data aligned to 8 bytes.</summary>
public static class SafeTensorsWriter
{
    /// <summary>Writes tensors and metadata into a file that is complete or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors; names must differ.</param>
    /// <param name="metadata">Header entries, such as where the weights come from.</param>
    /// <exception cref="GraftException">The file cannot be written, or a tensor has a type that the format lacks.</exception>
    public static void Write(string path, IEnumerable<WeightData> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        List<WeightData> ordered = [.. tensors.OrderByDescending(tensor => tensor.DType.Bits())
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        byte[] header = Header(path, ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (WeightData tensor in ordered)
            {
                tensor.WriteTo(stream);
            }
        });
    }

    private static byte[] Header(string path, List<WeightData> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { "__metadata__" };
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long at = 0;
            foreach (WeightData tensor in ordered)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new GraftException(Failure.Model, $"{path}: two tensors to write are named {Printable.Quoted(tensor.Name)}.");
                }

                string type = tensor.DType.SafeTensorsName() ?? throw new GraftException(Failure.Model,
                    $"{path}: {Printable.Quoted(tensor.Name)} is {tensor.DType.TorchName()}, which safetensors cannot hold.",
                        "Convert it first.");
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", type);
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [at, at += tensor.ByteLength]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        byte[] header = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        buffer.WrittenSpan.CopyTo(header);
        header.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
