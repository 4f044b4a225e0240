using Google.FlatBuffers;
using Graft.Files;

namespace Graft.Export;

/// <summary>Writes an adapter file through FlatBuffers.</summary>
internal static class OnnxAdapterWriter
{
    // FlatBuffers counts bytes with 32 signed bits; the tables beside the values need some of them.
    private const long MostBytes = int.MaxValue - (64L << 20);

    internal static byte[] Write(OnnxAdapterFile adapter)
    {
        Check(adapter.Parameters);
        FlatBufferBuilder builder = new(1 << 16);
        Offset<int>[] parameters = [.. adapter.Parameters.Select(parameter => Parameter(builder, parameter))];
        builder.StartVector(4, parameters.Length, 4);
        foreach (Offset<int> parameter in parameters.Reverse())
        {
            builder.AddOffset(parameter.Value);
        }

        VectorOffset list = builder.EndVector();
        builder.StartTable(OnnxAdapterLayout.AdapterFields);
        builder.AddOffset(OnnxAdapterLayout.ParametersField, list.Value, 0);
        builder.AddInt(OnnxAdapterLayout.ModelField, adapter.ModelVersion, 0);
        builder.AddInt(OnnxAdapterLayout.AdapterField, adapter.AdapterVersion, 0);
        builder.AddInt(OnnxAdapterLayout.FormatField, OnnxAdapterLayout.FormatVersion, 0);
        builder.Finish(builder.EndTable(), OnnxAdapterLayout.Identifier);
        return builder.SizedByteArray();
    }

    private static Offset<int> Parameter(FlatBufferBuilder builder, WeightData parameter)
    {
        builder.StartVector(1, checked((int)parameter.ByteLength), OnnxAdapterLayout.DataAlignment);
        builder.Add(Bytes(parameter));
        VectorOffset data = builder.EndVector();
        builder.StartVector(8, parameter.Shape.Count, 8);
        foreach (long size in parameter.Shape.Reverse())
        {
            builder.AddLong(size);
        }

        VectorOffset sizes = builder.EndVector();
        StringOffset name = builder.CreateString(parameter.Name);
        builder.StartTable(OnnxAdapterLayout.ParameterFields);
        builder.AddOffset(OnnxAdapterLayout.DataField, data.Value, 0);
        builder.AddInt(OnnxAdapterLayout.TypeField, OnnxAdapterLayout.CodeOf(parameter.DType)!.Value, 0);
        builder.AddOffset(OnnxAdapterLayout.DimsField, sizes.Value, 0);
        builder.AddOffset(OnnxAdapterLayout.NameField, name.Value, 0);
        return new Offset<int>(builder.EndTable());
    }

    private static byte[] Bytes(WeightData parameter)
    {
        byte[] bytes = new byte[parameter.ByteLength];
        int at = 0;
        parameter.ForEachChunk(chunk =>
        {
            chunk.CopyTo(bytes.AsSpan(at));
            at += chunk.Length;
        });
        return at == bytes.Length ? bytes
            : throw new InvalidOperationException($"{parameter.Name} gave {at} bytes, {bytes.Length} were announced.");
    }

    private static void Check(IReadOnlyList<WeightData> parameters)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (WeightData parameter in parameters)
        {
            string? wrong = parameter.Name.Length == 0 ? "has no name"
                : !names.Add(parameter.Name) ? "is named twice"
                : OnnxAdapterLayout.CodeOf(parameter.DType) is null ? $"is {parameter.DType.TorchName()}"
                : null;
            if (wrong is not null)
            {
                throw new GraftException(Failure.Export, $"The adapter's parameter {Printable.Quoted(parameter.Name)} {wrong}; an {OnnxAdapterFile.FileEnding} "
                    + "file holds float32 and float16 values under different names.", "Convert the values to float32, and name each initializer once.");
            }
        }

        if (parameters.Sum(parameter => parameter.ByteLength) is > MostBytes and long bytes)
        {
            throw new GraftException(Failure.Export, $"The adapter has {bytes} bytes of values; an {OnnxAdapterFile.FileEnding} file holds at most {MostBytes}.",
                "Store float16 values, or split the adapter.");
        }
    }
}
