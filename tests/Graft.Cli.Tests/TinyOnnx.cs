namespace Graft.Cli.Tests;

/// <summary>A finished tiny run and its ONNX model.</summary>
public sealed class TinyOnnx : IDisposable
{
    public TinyOnnx()
    {
        Model = Run.Data.At("tiny.onnx");
        GraftCli.Run("export", Run.Folder, "--out", Model, "--allow-stand-ins").Succeeds();
    }

    internal TinyRun Run { get; } = new();

    /// <summary>The ONNX model.</summary>
    internal string Model { get; }

    /// <summary>A copy of the model without its metadata.</summary>
    internal string WithoutMetadata(string name)
    {
        const int MetadataField = 14;
        byte[] all = File.ReadAllBytes(Model);
        using MemoryStream kept = new();
        for (int at = 0; at < all.Length;)
        {
            int start = at;
            ulong tag = Number(all, ref at);
            ulong value = Number(all, ref at);
            at += (tag & 7) switch
            {
                0 => 0,
                2 => (int)value,
                ulong kind => throw new InvalidDataException($"wire type {kind}"),
            };
            if (tag >> 3 != MetadataField)
            {
                kept.Write(all, start, at - start);
            }
        }

        string path = Run.Data.At(name);
        File.WriteAllBytes(path, kept.ToArray());
        return path;
    }

    public void Dispose() => Run.Dispose();

    private static ulong Number(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte one = bytes[at++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }
    }
}
