using System.IO.Compression;
using CsCheck;
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

    private static readonly Gen<string> Names = Gen.Char["abz019._-:/äß漢\"\\ "].Array[1, 12].Select(letters => new string(letters));
    private static readonly Gen<string> FileNames = Gen.Char["abz019._-ä漢 "].Array[1, 12].Select(letters => new string(letters));

    [Fact]
    public void SafeTensors_ReadBackTheSame()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("weights.safetensors");
        Law.Holds(Gen.Select(Tensors(InSafeTensors, Names), Gen.Dictionary(Names, Names)[0, 3]), one =>
        {
            (List<(WeightData Data, byte[] Bytes)> tensors, Dictionary<string, string> metadata) = one;
            SafeTensorsWriter.Write(path, tensors.Select(tensor => tensor.Data), metadata);
            using WeightFile file = WeightFile.Open(path, WeightPolicy.Strict);
            Assert.Equal(WeightFormat.SafeTensors, file.Format);
            Assert.Equal(metadata.OrderBy(pair => pair.Key), file.Metadata.OrderBy(pair => pair.Key));
            AssertSame(tensors, file);
            Assert.Equal(0, BitConverter.ToInt64(System.IO.File.ReadAllBytes(path)) % 8);
        });
    }

    [Fact]
    public void Npz_ReadsBackTheSame()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("weights.npz");
        Law.Holds(Tensors(InNumPy, FileNames), tensors =>
        {
            NpzWriter.Write(path, tensors.Select(tensor => tensor.Data));
            using WeightFile file = WeightFile.Open(path, WeightPolicy.Strict);
            AssertSame(tensors, file);
            using ZipArchive other = ZipFile.OpenRead(path);
            Assert.Equal(tensors.Count, other.Entries.Count);
            foreach (ZipArchiveEntry entry in other.Entries)
            {
                using MemoryStream copy = new();
                using Stream stream = entry.Open();
                stream.CopyTo(copy);
                Assert.Equal(entry.Length, copy.Length);
            }
        });
    }

    [Fact]
    public void NpzWithoutArrays_OpensWithoutTensors()
    {
        using TemporaryFolder folder = new();
        string ours = folder.At("ours.npz"), other = folder.At("other.npz");
        NpzWriter.Write(ours, []);
        using (ZipFile.Open(other, ZipArchiveMode.Create))
        {
        }

        foreach (string path in new[] { ours, other })
        {
            using WeightFile file = WeightFile.Open(path, WeightPolicy.Strict);
            Assert.Empty(file.Entries);
            Assert.Equal(WeightFormat.Npz, file.Format);
        }
    }

    [Fact]
    public void Npy_ReadsBackTheSame()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("array.npy");
        Law.Holds(OneTensor(InNumPy, Names), tensor =>
        {
            NpyWriter.Write(path, tensor.Data);
            using WeightFile file = WeightFile.Open(path);
            Assert.Equal(tensor.Data.DType, file.Single.DType);
            Assert.Equal(tensor.Data.Shape, file.Single.Shape);
            Assert.Equal(tensor.Bytes, file.Single.ToBytes());
            Assert.Equal(0, (new FileInfo(path).Length - tensor.Bytes.Length) % 64);
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("state_dict")]
    public void TorchZip_ReadsBackTheSame(string? key)
    {
        using TemporaryFolder folder = new();
        string path = folder.At("weights.pth");
        Law.Holds(Tensors(InTorch, Names, fewest: 1), tensors =>
        {
            TorchWriter.Write(path, tensors.Select(tensor => tensor.Data), key, new Dictionary<string, string> { ["classes"] = "scratch, dent" });
            using WeightFile file = WeightFile.Open(path, WeightPolicy.Strict);
            Assert.Equal(WeightFormat.TorchZip, file.Format);
            Assert.Equal(key ?? "", file.Origin);
            Assert.Equal(key is null ? null : "scratch, dent", file.Root!["meta"]?["classes"]?.Text);
            Assert.Equal(tensors.Select(tensor => tensor.Data.Name), file.Entries.Select(entry => entry.Name));
            AssertSame(tensors, file);
        });
    }

    [Theory]
    [MemberData(nameof(EveryType))]
    public void EveryElementTypeAndShape_ReadsBackTheSame(ElementType type)
    {
        using TemporaryFolder folder = new();
        foreach (long[] shape in (long[][])[[], [0], [1], [8], [2, 3, 4], [4, 0, 3], [1, 1, 16, 1]])
        {
            long count = shape.Aggregate(1L, (product, size) => product * size);
            if (type.Bits() < 8 && count % 8 != 0)
            {
                continue;
            }

            byte[] bytes = [.. Enumerable.Range(1, (int)(count * type.Bits() / 8)).Select(i => (byte)(37 * i))];
            WeightData data = new("a.weight", type, shape, use => use(bytes));
            Write(InSafeTensors, "a.safetensors", path => SafeTensorsWriter.Write(path, [data]));
            Write(InNumPy, "a.npz", path => NpzWriter.Write(path, [data]));
            Write(InTorch, "a.pth", path => TorchWriter.Write(path, [data]));

            void Write(ElementType[] known, string name, Action<string> write)
            {
                if (known.Contains(type))
                {
                    write(folder.At(name));
                    using WeightFile file = WeightFile.Open(folder.At(name), WeightPolicy.Strict);
                    AssertSame([(data, bytes)], file);
                }
            }
        }
    }

    public static TheoryData<ElementType> EveryType() => [.. Enum.GetValues<ElementType>()];

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

    /// <summary>Tensors of any type, shape (including empty) and content, with different names.</summary>
    private static Gen<List<(WeightData Data, byte[] Bytes)>> Tensors(ElementType[] types, Gen<string> names, int fewest = 0)
        => OneTensor(types, names).Array[fewest, 6].Select(tensors => tensors.DistinctBy(tensor => tensor.Data.Name).ToList());

    private static Gen<(WeightData Data, byte[] Bytes)> OneTensor(ElementType[] types, Gen<string> names)
        => from name in names
           from type in Gen.OneOf(types)
           from sizes in Gen.Long[0, 5].Array[0, 4]
           let shape = type.Bits() < 8 ? [.. sizes, 8] : sizes                 // whole bytes
           from bytes in Gen.Byte.Array[(int)(shape.Aggregate(1L, (product, size) => product * size) * type.Bits() / 8)]
           select (new WeightData(name, type, shape, use => use(bytes)), bytes);

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
