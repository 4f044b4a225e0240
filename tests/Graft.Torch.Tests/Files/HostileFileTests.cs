using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;

namespace Graft.Files.Tests;

/// <summary>
/// Every line of the manifest of hostile files has the stated outcome. (PEFT folders are tested where adapters are read.)
/// The small ones are committed; with the shared data the large ones are tested too.
/// </summary>
public class HostileFileTests
{
    private const long MaxMemory = 512L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static TheoryData<string, string, string> Lines()
    {
        TheoryData<string, string, string> lines = new();
        using JsonDocument manifest = JsonDocument.Parse(Read("manifest.json"));
        foreach (JsonElement line in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            string path = line.GetProperty("path").GetString()!;
            if (!path.StartsWith("adapter/", StringComparison.Ordinal))
            {
                lines.Add(path, line.GetProperty("must").GetString()!, line.GetProperty("must_with_skip_policy").GetString()!);
            }
        }

        return lines;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void HostileFile_EndsAsItsManifestSays(string path, string strict, string skip)
    {
        using TemporaryFolder folder = new();
        string file = folder.At(Path.GetFileName(path));
        File.WriteAllBytes(file, Read(path));
        Check(file, strict, WeightPolicy.Strict);
        Check(file, skip, WeightPolicy.Skip);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Manifest_HasTheFilesThatAreTested() => Assert.Equal(Shared.Find() is null ? 291 : 304, Lines().Count);

    /// <summary>The readers cannot start a process: nothing that they reference can.</summary>
    [Fact]
    public void Readers_CannotStartAProcess()
        => Assert.DoesNotContain(typeof(WeightFile).Assembly.GetReferencedAssemblies(), used => used.Name == "System.Diagnostics.Process");

    private static byte[] Read(string path)
    {
        if (Shared.Find() is not null)
        {
            return File.ReadAllBytes(Shared.PathOf(["golden", "hostile", .. path.Split('/')]));
        }

        using ZipArchive zip = ZipFile.OpenRead(Shared.Golden("files", "hostile.zip"));
        using Stream stream = zip.GetEntry(path)!.Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static void Check(string file, string must, WeightPolicy policy)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        string outcome = Outcome(file, policy, out string message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MaxMemory, $"{file} took {allocated} bytes of memory.");
        Assert.True(watch.Elapsed < Longest, $"{file} took {watch.Elapsed}.");
        Assert.True(message.Length < 2000 && !message.Any(char.IsControl), $"The message is not fit to be printed: {message}");
        if (must == "load" && Path.GetFileName(file) is "55_rank_100000.safetensors" or "80_lone_surrogate.safetensors")
        {
            return; // The manifest accepts both outcomes here, as long as the reader does not crash.
        }

        Assert.True(must == outcome, $"{Path.GetFileName(file)} under {policy}: {outcome} instead of {must}. {message}");
    }

    private static string Outcome(string file, WeightPolicy policy, out string message)
    {
        message = "";
        try
        {
            using WeightFile weights = WeightFile.Open(file, policy);
            foreach (WeightEntry entry in weights.Entries)
            {
                Assert.Equal(64, entry.Sha256().Length);
            }

            // Every safetensors, npy and npz control counts as loaded, even an empty map.
            return weights.Entries.Count > 0 || weights.Root is null ? "load" : "load_without_tensors";
        }
        catch (GraftException error)
        {
            Assert.Equal(Failure.Model, error.Failure);
            message = error.Message;
            return "error";
        }
    }
}
