using System.IO.Compression;
using Graft.Torch.Weights;

namespace Graft.Files.Tests;

/// <summary>What is written reads back the same, byte for byte, in every format that can hold it.</summary>
[SideBySide]
public class WriterTests
{
    private static readonly ElementType[] InNumPy =
    [
        ElementType.Boolean, ElementType.UInt8, ElementType.Int8, ElementType.UInt16, ElementType.Int16, ElementType.UInt32,
        ElementType.Int32, ElementType.UInt64, ElementType.Int64, ElementType.Float16, ElementType.Float32, ElementType.Float64,
        ElementType.Complex64, ElementType.Complex128,
    ];

    private static readonly ElementType[] InTorch =
    [
        ElementType.Boolean, ElementType.UInt8, ElementType.Int8, ElementType.Int16, ElementType.Int32, ElementType.Int64,
        ElementType.Float16, ElementType.BFloat16, ElementType.Float32, ElementType.Float64, ElementType.Complex32,
        ElementType.Complex64, ElementType.Complex128,
    ];

    private static readonly ElementType[] InSafeTensors =
        [.. Enum.GetValues<ElementType>().Where(type => type.SafeTensorsName() is not null)];

    private static readonly long[][] Shapes = [[], [0], [1], [8], [2, 3, 4], [4, 0, 3], [1, 1, 16, 1]];

    [Fact]
    public void SafeTensors_ReadBackTheSame()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("weights.safetensors");
        List<(WeightData Data, byte[] Bytes)> tensors = Random(InSafeTensors, bits => bits >= 8);
        SafeTensorsWriter.Write(path, tensors.Select(tensor => tensor.Data),
            new Dictionary<string, string> { ["format"] = "pt", ["note"] = "ä \" \\ 漢" });
        using WeightFile file = WeightFile.Open(path, WeightPolicy.Strict);
        Assert.Equal(WeightFormat.SafeTensors, file.Format);
        Assert.Equal("ä \" \\ 漢", file.Metadata["note"]);
        AssertSame(tensors, file);
        Assert.Equal(0, BitConverter.ToInt64(System.IO.File.ReadAllBytes(path)) % 8);
    }

    [Fact]
    public void Npz_ReadsBackTheSame()
    {
        using TemporaryFolder folder = new();
        List<(WeightData Data, byte[] Bytes)> tensors = Random(InNumPy, _ => true);
        NpzWriter.Write(folder.At("weights.npz"), tensors.Select(tensor => tensor.Data));
        using WeightFile file = WeightFile.Open(folder.At("weights.npz"), WeightPolicy.Strict);
        AssertSame(tensors, file);
        using ZipArchive other = ZipFile.OpenRead(folder.At("weights.npz"));
        Assert.Equal(tensors.Count, other.Entries.Count);
        foreach (ZipArchiveEntry entry in other.Entries)
        {
            using MemoryStream copy = new();
            using Stream stream = entry.Open();
            stream.CopyTo(copy);
            Assert.Equal(entry.Length, copy.Length);
        }
    }

    [Fact]
    public void Npy_ReadsBackTheSame()
    {
        using TemporaryFolder folder = new();
        foreach ((WeightData data, byte[] bytes) in Random(InNumPy, _ => true))
        {
            string path = folder.At("array.npy");
            NpyWriter.Write(path, data);
            using WeightFile file = WeightFile.Open(path);
            Assert.Equal(data.Shape, file.Single.Shape);
            Assert.Equal(bytes, file.Single.ToBytes());
            Assert.Equal(0, (new FileInfo(path).Length - bytes.Length) % 64);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("state_dict")]
    public void TorchZip_ReadsBackTheSame(string? key)
    {
        using TemporaryFolder folder = new();
        List<(WeightData Data, byte[] Bytes)> tensors = Random(InTorch, _ => true);
        TorchWriter.Write(folder.At("weights.pth"), tensors.Select(tensor => tensor.Data), key,
            new Dictionary<string, string> { ["classes"] = "scratch, dent" });
        using WeightFile file = WeightFile.Open(folder.At("weights.pth"), WeightPolicy.Strict);
        Assert.Equal(WeightFormat.TorchZip, file.Format);
        Assert.Equal(key ?? "", file.Origin);
        Assert.Equal(key is null ? null : "scratch, dent", file.Root!["meta"]?["classes"]?.Text);
        Assert.Equal(tensors.Select(tensor => tensor.Data.Name), file.Entries.Select(entry => entry.Name));
        AssertSame(tensors, file);
    }

    [Fact]
    public void FailedWrite_LeavesThePreviousFile()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("weights.safetensors");
        SafeTensorsWriter.Write(path, [WeightData.From("a", new float[] { 1, 2 }, 2)]);
        byte[] before = System.IO.File.ReadAllBytes(path);
        WeightData failing = new("b", ElementType.Float32, [4], use =>
        {
            use(new byte[8]);
            throw new IOException("No space left on device");
        });
        GraftException error = Assert.Throws<GraftException>(() => SafeTensorsWriter.Write(path, [failing]));
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void TensorThatGivesTooFewBytes_IsNotWritten()
    {
        using TemporaryFolder folder = new();
        WeightData lying = new("a", ElementType.Float32, [4], use => use(new byte[8]));
        Assert.Throws<InvalidOperationException>(() => SafeTensorsWriter.Write(folder.At("a.safetensors"), [lying]));
        Assert.Throws<InvalidOperationException>(() => TorchWriter.Write(folder.At("a.pth"), [lying]));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void TypesThatAFormatLacks_AreRefusedByName()
    {
        using TemporaryFolder folder = new();
        WeightData bfloat = new("head.weight", ElementType.BFloat16, [1], use => use(new byte[2]));
        GraftException error = Assert.Throws<GraftException>(() => NpyWriter.Write(folder.At("a.npy"), bfloat));
        Assert.Contains("head.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("bfloat16", error.Message, StringComparison.Ordinal);
        Assert.Throws<GraftException>(() => NpzWriter.Write(folder.At("a.npz"), [WeightData.From("../evil", [1f], 1)]));
    }

    private static List<(WeightData Data, byte[] Bytes)> Random(ElementType[] types, Func<int, bool> anyShape)
    {
        Random random = new(7);
        List<(WeightData, byte[])> tensors = new();
        foreach (ElementType type in types)
        {
            foreach (long[] shape in Shapes)
            {
                long count = shape.Aggregate(1L, (product, size) => product * size);
                if (!anyShape(type.Bits()) && count % 8 != 0)
                {
                    continue;
                }

                byte[] bytes = new byte[count * type.Bits() / 8];
                random.NextBytes(bytes);
                tensors.Add((new WeightData($"{type}.{string.Join('x', shape)}", type, shape, use => use(bytes)), bytes));
            }
        }

        return tensors;
    }

    private static void AssertSame(List<(WeightData Data, byte[] Bytes)> tensors, WeightFile file)
    {
        Assert.Equal(tensors.Count, file.Entries.Count);
        foreach ((WeightData data, byte[] bytes) in tensors)
        {
            WeightEntry entry = file[data.Name];
            Assert.Equal(data.DType, entry.DType);
            Assert.Equal(data.Shape, entry.Shape);
            Assert.Equal(bytes, entry.ToBytes());
        }
    }
}
