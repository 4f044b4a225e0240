using System.Runtime.InteropServices;
using System.Text;
using Graft.Text;

namespace Graft.Tests.Text;

public sealed class PromptEmbeddingsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graft");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void SavedAndLoaded_IsTheSame()
    {
        string path = PathOf("a.npy");
        new PromptEmbeddings([1, 0, 0, 0.6f, 0.8f, 0], 3, [["scratch", "scuff"], ["dent"]]) { Encoder = new Graft.Runtime.TextEncoderId("test", "ab", 3) }.Save(path);
        PromptEmbeddings loaded = PromptEmbeddings.Load(path, width: 3);
        Assert.Equal([1, 0, 0, 0.6f, 0.8f, 0], loaded.Values);
        Assert.Equal(["scratch", "scuff"], loaded.Prompts![0]);
        Assert.Equal("ab", loaded.ModelHash);
        Assert.Empty(loaded.Notes);
        Assert.Equal(0, (new FileInfo(path).Length - 24) % 64);
    }

    [SharedFact]
    public void PublishedEmbeddings_AreReadAndHaveTheirKnownCosines()
    {
        PromptEmbeddings words = PromptEmbeddings.Load(Shared.PathOf("data", "mvtec-text", "mvtec_4_embeddings.npy"), width: 512);
        Assert.Equal(4, words.Count);
        Assert.Null(words.Prompts);
        Assert.Equal(0.7952, Cosine(words, 0, 1), 1e-4);
        Assert.Equal(0.8405, Cosine(words, 2, 3), 1e-4);
    }

    [Fact]
    public void RowsOfAnotherLength_AreNormalisedWithANote()
    {
        string path = Write("a.npy", "<f4", "(2, 2)", MemoryMarshal.AsBytes<float>([3, 4, 1, 0]));
        PromptEmbeddings loaded = PromptEmbeddings.Load(path);
        Assert.Equal([0.6f, 0.8f, 1, 0], loaded.Values);
        Assert.Contains("1 of 2 rows", Assert.Single(loaded.Notes), StringComparison.Ordinal);
        Assert.Equal([3, 4, 1, 0], PromptEmbeddings.Load(path, keepLengths: true).Values);
    }

    [Fact]
    public void OtherFloatingPointTypes_AreConverted()
    {
        Assert.Equal([0.6f, 0.8f], PromptEmbeddings.Load(Write("d.npy", "<f8", "(1, 2)", MemoryMarshal.AsBytes<double>([0.6, 0.8]))).Values);
        Assert.Equal([0, 1], PromptEmbeddings.Load(Write("h.npy", "<f2", "(1, 2)", MemoryMarshal.AsBytes<Half>([(Half)0, (Half)1]))).Values);
    }

    [Fact]
    public void UnusableNumbers_AreNamed()
    {
        Refused("row 1 holds numbers that are not finite", Write("n.npy", "<f4", "(2, 2)", MemoryMarshal.AsBytes<float>([1, 0, float.NaN, 0])));
        Refused("row 0 is all zero", Write("z.npy", "<f4", "(1, 2)", MemoryMarshal.AsBytes<float>([0, 0])));
        Refused("expected classes × width", Write("v.npy", "<f4", "(2,)", MemoryMarshal.AsBytes<float>([1, 0])));
        Refused("embeddings are floating-point", Write("i.npy", "<i8", "(1, 2)", MemoryMarshal.AsBytes<long>([1, 0])));
        Refused("embeddings are 2 wide; the model takes 512", Write("w.npy", "<f4", "(1, 2)", MemoryMarshal.AsBytes<float>([1, 0])), width: 512);
    }

    private static void Refused(string expected, string path, int? width = null)
    {
        GraftException error = Assert.Throws<GraftException>(() => PromptEmbeddings.Load(path, width));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    private static double Cosine(PromptEmbeddings words, int a, int b)
        => Enumerable.Range(0, words.Width).Sum(i => (double)words.Values[a * words.Width + i] * words.Values[b * words.Width + i]);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, string type, string shape, ReadOnlySpan<byte> data)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
        File.WriteAllBytes(PathOf(name), file);
        return PathOf(name);
    }
}
