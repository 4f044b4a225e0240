using System.Diagnostics;

namespace Graft.Files.Tests;

/// <summary>
/// Damaged files end in a clear error or in tensors, quickly and with bounded memory, whatever the damage.
/// A few seconds for each reader; GRAFT_FUZZ_FILES=200000 in the environment tries that many files of each instead.
/// </summary>
public class FuzzTests
{
    private const long MostMemory = 64 << 20;
    private static readonly int MostFiles = int.TryParse(Environment.GetEnvironmentVariable("GRAFT_FUZZ_FILES"), out int files) ? files : 0;
    private static readonly TimeSpan ForEachReader = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("torch zip")]
    [InlineData("pickle in a zip")]
    [InlineData("legacy")]
    [InlineData("safetensors")]
    [InlineData("npy")]
    [InlineData("npz")]
    [InlineData("onnx")]
    [InlineData("index")]
    public void DamagedFile_EndsInAnErrorOrInTensors(string reader)
    {
        bool pickles = reader == "pickle in a zip";
        byte[][] seeds = FuzzSeeds.For(pickles ? "torch zip" : reader);
        var mutations = new Mutations(20, pickles ? [.. seeds.Select(FuzzSeeds.Pickle)] : seeds);
        var watch = Stopwatch.StartNew();
        int files = 0, loaded = 0;
        do
        {
            byte[] damaged = mutations.Next();
            byte[] file = pickles ? FuzzSeeds.Repack(seeds[mutations.Seed], damaged) : damaged;
            loaded += Check(reader, file, files % 2 == 0 ? WeightPolicy.Skip : WeightPolicy.Strict) ? 1 : 0;
            files++;
        }
        while (MostFiles > 0 ? files < MostFiles : watch.Elapsed < ForEachReader);
        Assert.True(files > 500, $"Only {files} files were tried.");
        Assert.True(loaded > 0 && loaded < files, $"{loaded} of {files} damaged files loaded; a sound mix was expected.");
    }

    private static bool Check(string reader, byte[] file, WeightPolicy policy)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        bool loaded = false;
        try
        {
            using WeightFile weights = WeightFile.Open(reader is "safetensors" or "onnx" ? "x." + reader : "x", file, policy);
            foreach (WeightEntry entry in weights.Entries.Where(entry => entry.HasData).Take(64))
            {
                entry.ForEachChunk(_ => { });
            }

            loaded = true;
        }
        catch (GraftException error)
        {
            Assert.Equal(Failure.Model, error.Failure);
            Assert.True(error.Message.Length < 2000, "A message is too long to be printed.");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(watch.Elapsed < Slowest, $"A file of {file.Length} bytes took {watch.Elapsed}: {Convert.ToBase64String(file)}");
        Assert.True(allocated < MostMemory,
            $"A file of {file.Length} bytes took {allocated} bytes of memory: {Convert.ToBase64String(file)}");
        return loaded;
    }
}
