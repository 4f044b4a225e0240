namespace Graft.Files;

/// <summary>ONNX's element types, and values that are stored in typed fields instead of raw bytes.</summary>
internal static class OnnxValues
{
    private static readonly ElementType?[] Types =
    [
        null, ElementType.Float32, ElementType.UInt8, ElementType.Int8, ElementType.UInt16, ElementType.Int16, ElementType.Int32,
        ElementType.Int64, null, ElementType.Boolean, ElementType.Float16, ElementType.Float64, ElementType.UInt32, ElementType.UInt64, ElementType.Complex64,
        ElementType.Complex128, ElementType.BFloat16, ElementType.Float8E4M3, ElementType.Float8E4M3Fnuz, ElementType.Float8E5M2,
        ElementType.Float8E5M2Fnuz, null, null, ElementType.Float4, ElementType.Float8E8M0,
    ];

    internal static ElementType? TypeOf(int code) => code < Types.Length ? Types[code] : null;

    /// <summary>Collects the values of a tensor message from its typed fields as dense little-endian bytes.</summary>
    internal static byte[] Decode(MappedFile file, (long Begin, long End) message, string name, ElementType type, long bytes)
    {
        using MemoryStream collected = new();
        ProtoScanner scanner = new(file, message.Begin, message.End);
        List<long> integers = new();
        int size = Math.Max(type.Bits() / 8, 1);
        while (scanner.Next())
        {
            if (scanner.Field is 4 or 10 && scanner.Wire is 1 or 2 or 5)
            {
                collected.Write(file.Span(scanner.Begin, (int)Math.Min(scanner.Length, bytes + 1)));
            }
            else if (scanner.Field is 5 or 7 or 11 && scanner.Wire is 0 or 2)
            {
                integers.Clear();
                scanner.AddIntegers(integers, (int)Math.Min(bytes / size, int.MaxValue - 1));
                foreach (long value in integers)
                {
                    collected.Write(BitConverter.GetBytes(value).AsSpan(0, Math.Min(size, 8)));
                }
            }

            if (collected.Length > bytes)
            {
                break;
            }
        }

        return collected.Length == bytes ? collected.ToArray()
            : throw Bad.File(file.Path,
                $"the initializer {Printable.Quoted(name)} needs {bytes} bytes, its values give {(collected.Length > bytes ? "more" : "fewer")}.");
    }
}
