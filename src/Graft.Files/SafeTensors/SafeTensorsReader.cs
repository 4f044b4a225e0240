using System.Buffers.Binary;
using System.Text.Json;

namespace Graft.Files;

/// <summary>safetensors: a length, a JSON header, and the data, which the tensors must cover without gap or overlap.</summary>
internal static class SafeTensorsReader
{
    private const long LongestHeader = 100_000_000;
    private const int MaxTensors = 2_000_000, MaxDimensions = 64;
    private const string MetadataKey = "__metadata__";

    /// <summary>Whether the file begins like one: a plausible length, then a brace.</summary>
    internal static bool Claims(MappedFile file)
    {
        if (file.Length < 10)
        {
            return false;
        }

        ReadOnlySpan<byte> start = file.Span(0, (int)Math.Min(file.Length, 64));
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        ReadOnlySpan<byte> text = start[8..].TrimStart(" \t\r\n"u8);
        return length <= LongestHeader && text.Length > 0 && text[0] == (byte)'{';
    }

    internal static WeightContents Read(MappedFile file)
    {
        if (file.Length < 8)
        {
            throw Broken(file, $"the file has {file.Length} bytes, the header length alone needs 8");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span(0, 8));
        if (length > LongestHeader)
        {
            throw Broken(file, $"the header is said to have {length} bytes, at most {LongestHeader} are allowed");
        }

        if ((long)length > file.Length - 8)
        {
            throw Broken(file, $"the header is said to have {length} bytes, the file has {file.Length - 8} after the length");
        }

        ReadOnlySpan<byte> header = file.Span(8, (int)length);
        if (!System.Text.Unicode.Utf8.IsValid(header))
        {
            throw Broken(file, "the header is not UTF-8");
        }

        try
        {
            return new Header(file, 8 + (long)length).Parse(header);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Broken(file, $"the header is not JSON as expected: {Printable.Name(error.Message, 200)}");
        }
    }

    private static GraftException Broken(MappedFile file, string how)
        => Bad.File(file.Path, $"not a valid safetensors file: {how}.",
            "Download the file again, or save it again with the program that made it.");

    private sealed class Header(MappedFile file, long dataStart)
    {
        private readonly List<(long Begin, long End, WeightEntry Entry)> _tensors = [];
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _metadata = [];
        private long _covered;

        internal WeightContents Parse(ReadOnlySpan<byte> json)
        {
            Utf8JsonReader reader = new(json);
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "the header is not an object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                Expect(_names.Add(name), $"two entries are named {Printable.Quoted(name)}");
                Expect(_names.Count <= MaxTensors, $"more than {MaxTensors} tensors");
                reader.Read();
                if (name == MetadataKey)
                {
                    ReadMetadata(ref reader);
                }
                else
                {
                    ReadTensor(ref reader, name);
                }
            }

            Expect(!reader.Read(), "something follows the header object");
            List<(long Begin, long End, WeightEntry Entry)> order = _tensors.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End).ToList();
            long at = 0;
            foreach ((long begin, long end, WeightEntry entry) in order)
            {
                Expect(begin == at, $"the data of {Printable.Quoted(entry.Name)} begins at {begin}, but the data before it ends at {at}");
                at = end;
            }

            Expect(at == file.Length - dataStart, $"the tensors need {at} bytes of data, the file has {file.Length - dataStart}");
            return new WeightContents(WeightFormat.SafeTensors, [.. _tensors.Select(tensor => tensor.Entry)]) { Metadata = _metadata };
        }

        private void ReadMetadata(ref Utf8JsonReader reader)
        {
            Expect(reader.TokenType == JsonTokenType.StartObject, "__metadata__ is not a map of strings");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                reader.Read();
                Expect(reader.TokenType == JsonTokenType.String, "__metadata__ is not a map of strings");
                Expect(_metadata.TryAdd(key, reader.GetString()!), $"__metadata__ names {Printable.Quoted(key)} twice");
            }
        }

        private void ReadTensor(ref Utf8JsonReader reader, string name)
        {
            string shown = Printable.Quoted(name);
            Expect(reader.TokenType == JsonTokenType.StartObject, $"the entry {shown} is not an object");
            string? type = null;
            long[]? shape = null, offsets = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string field = reader.GetString()!;
                reader.Read();
                bool twice = field switch
                {
                    "dtype" => type is not null,
                    "shape" => shape is not null,
                    "data_offsets" => offsets is not null,
                    _ => false,
                };
                Expect(!twice, $"{shown} has two fields {field}");
                switch (field)
                {
                    case "dtype":
                        Expect(reader.TokenType == JsonTokenType.String, $"the dtype of {shown} is not a string");
                        type = reader.GetString()!;
                        break;
                    case "shape":
                        shape = Integers(ref reader, $"the shape of {shown}");
                        break;
                    case "data_offsets":
                        offsets = Integers(ref reader, $"the data_offsets of {shown}");
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            if (type is null || shape is null || offsets is null)
            {
                throw Broken(file, $"{shown} has no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
            }

            AddTensor(name, type, shape, offsets);
        }

        private void AddTensor(string name, string typeName, long[] shape, long[] offsets)
        {
            string shown = Printable.Quoted(name);
            Expect(ElementTypes.TryFromSafeTensors(typeName, out ElementType type),
                $"{shown} has the unknown dtype {Printable.Quoted(typeName)}");
            Expect(offsets.Length == 2 && offsets[0] <= offsets[1], $"the data_offsets of {shown} are not a begin and an end");
            Expect(Extent.TryCount(shape, out long count), $"the shape {Printable.Shape(shape)} of {shown} is too large");
            Expect(Extent.TryBytes(type, count, out long bytes), $"{shown} does not end on a whole byte, or is too large");
            Expect(bytes == offsets[1] - offsets[0],
                $"{shown} of shape {Printable.Shape(shape)} and {typeName} needs {bytes} bytes, its data_offsets give {offsets[1] - offsets[0]}");

            // Ranges that overlap would together exceed the data; stopping here bounds the memory for hostile headers.
            _covered += bytes;
            Expect(_covered <= file.Length - dataStart && offsets[1] <= file.Length - dataStart,
                $"the data of {shown} overlaps other data or reaches past the end of the file");
            StorageBytes storage = new(file, dataStart + offsets[0], bytes, name);
            _tensors.Add((offsets[0], offsets[1], new WeightEntry(name, type, shape, Extent.RowMajor(shape), 0, storage)));
        }

        private long[] Integers(ref Utf8JsonReader reader, string what)
        {
            Expect(reader.TokenType == JsonTokenType.StartArray, $"{what} is not a list");
            List<long> values = new();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) && value >= 0,
                    $"{what} holds something other than whole numbers");
                Expect(values.Count < MaxDimensions, $"{what} has more than {MaxDimensions} numbers");
                values.Add(reader.GetInt64());
            }

            return [.. values];
        }

        private void Expect(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw Broken(file, otherwise);
            }
        }
    }
}
