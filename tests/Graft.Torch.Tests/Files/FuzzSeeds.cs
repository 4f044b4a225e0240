using Graft.Torch.Weights;

namespace Graft.Files.Tests;

/// <summary>Small valid files of each format, to be damaged.</summary>
internal static class FuzzSeeds
{
    internal static byte[][] For(string reader)
    {
        using TemporaryFolder folder = new();
        switch (reader)
        {
            case "torch zip":
                TorchWriter.Write(folder.At("a.pth"), Tensors());
                TorchWriter.Write(folder.At("b.pth"), Tensors(), "state_dict", new Dictionary<string, string> { ["classes"] = "dent" });
                return [Bytes(folder.At("a.pth")), Bytes(folder.At("b.pth")),
                    .. Golden("*.pth").Where(file => file.AsSpan().StartsWith("PK"u8)), .. Golden("*.ckpt")];
            case "legacy":
                return [.. Golden("*.pth").Where(file => file[0] == 0x80)];
            case "safetensors":
                SafeTensorsWriter.Write(folder.At("a.safetensors"), Tensors(), new Dictionary<string, string> { ["format"] = "pt" });
                return [Bytes(folder.At("a.safetensors")), .. Golden("*.safetensors")];
            case "npy":
                NpyWriter.Write(folder.At("a.npy"), WeightData.From("a", [1f, 2f, 3f, 4f, 5f, 6f], 2, 3));
                NpyWriter.Write(folder.At("b.npy"), WeightData.From("a", [1L], []));
                return [Bytes(folder.At("a.npy")), Bytes(folder.At("b.npy")), .. Golden("*.npy")];
            case "npz":
                NpzWriter.Write(folder.At("a.npz"), Tensors());
                return [Bytes(folder.At("a.npz")), .. Golden("*.npz")];
            case "onnx":
                return [Onnx()];
            default:
                return ["""{"metadata":{"total_size":1},"weight_map":{}}"""u8.ToArray(),
                    """{"weight_map":{"a":"absent-1.safetensors"}}"""u8.ToArray()];
        }
    }

    /// <summary>The pickle of a torch file.</summary>
    internal static byte[] Pickle(byte[] torchFile)
    {
        using MappedFile file = MappedFile.Of("seed", torchFile);
        return ZipDirectory.Read(file, refuseDrives: true).Members.Values.First(IsPickle).Read(1 << 20).ToArray();
    }

    /// <summary>The same torch file with another pickle, otherwise valid.</summary>
    internal static byte[] Repack(byte[] torchFile, byte[] pickle)
    {
        using MappedFile file = MappedFile.Of("seed", torchFile);
        using MemoryStream stream = new();
        ZipWriter zip = new("fuzz", stream);
        foreach (ZipMember member in ZipDirectory.Read(file, refuseDrives: true).Members.Values)
        {
            byte[] bytes = IsPickle(member) ? pickle : member.Read(1 << 20).ToArray();
            zip.Add(member.Name, bytes.Length, 1, to => to.Write(bytes));
        }

        zip.Finish();
        return stream.ToArray();
    }

    private static bool IsPickle(ZipMember member) => member.Name.EndsWith("data.pkl", StringComparison.Ordinal);

    private static List<WeightData> Tensors() =>
    [
        WeightData.From("layers.0.weight", [1f, 2f, 3f, 4f, 5f, 6f], 2, 3),
        WeightData.From("layers.0.bias", [1f, 2f, 3f, 4f, 5f, 6f], 6),
        WeightData.From("layers.1.steps", [1L, 2L, 3L], 3),
        WeightData.From("layers.1.half", [(Half)1, (Half)2], 1, 2, 1),
        WeightData.From("mask", [true, false], 2),
    ];

    private static byte[] Bytes(string path) => File.ReadAllBytes(path);

    private static IEnumerable<byte[]> Golden(string pattern)
        => Directory.EnumerateFiles(Shared.Golden("files", "formats"), pattern,
            SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Bytes);

    /// <summary>A model of two initializers, one as raw bytes and one as packed numbers.</summary>
    private static byte[] Onnx()
    {
        byte[] raw = Message((1, 2), (2, 1), (8, "w"u8.ToArray()), (9, new byte[8]));
        byte[] packed = Message((1, 3), (2, 7), (8, "steps"u8.ToArray()), (7, new byte[] { 1, 2, 0xFF, 1 }));
        byte[] graph = Message((2, "g"u8.ToArray()), (5, raw), (5, packed));
        return Message((1, 8), (2, "graft"u8.ToArray()), (7, graph), (8, Message((2, 17))),
            (14, Message((1, "key"u8.ToArray()), (2, "value"u8.ToArray()))));
    }

    private static byte[] Message(params (int Field, object Value)[] fields)
    {
        List<byte> bytes = new();
        foreach ((int field, object value) in fields)
        {
            if (value is byte[] content)
            {
                bytes.AddRange([(byte)((field << 3) | 2), (byte)content.Length, .. content]);
            }
            else
            {
                bytes.AddRange([(byte)(field << 3), (byte)(int)value]);
            }
        }

        return [.. bytes];
    }
}
