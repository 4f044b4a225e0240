using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;

namespace Graft.Peft.Tests;

/// <summary>Every hostile adapter folder has the outcome of its manifest.</summary>
public class HostileAdapterTests
{
    public static TheoryData<string, string> Lines()
    {
        TheoryData<string, string> lines = new();
        using ZipArchive zip = ZipFile.OpenRead(Shared.Golden("peft", "hostile.zip"));
        using Stream stream = zip.GetEntry("manifest.json")!.Open();
        using JsonDocument manifest = JsonDocument.Parse(stream);
        foreach (JsonElement line in manifest.RootElement.GetProperty("folders").EnumerateArray())
        {
            lines.Add(line.GetProperty("path").GetString()!.Split('/')[1], line.GetProperty("must").GetString()!);
        }

        return lines;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void HostileAdapter_EndsAsItsManifestSays(string name, string must)
    {
        using TemporaryFolder folder = Unpack(name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        string outcome = Outcome(folder.At(name), out string message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 512L << 20, $"{name} took {allocated} bytes of memory.");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{name} took {watch.Elapsed}.");
        Assert.True(message.Length < 2000 && !message.Any(c => char.IsControl(c) && c is not ('\n' or '\r')),
            $"Not fit to be printed: {message}");
        Assert.True(outcome == must, $"{name}: {outcome} instead of {must}. {message}");
    }

    [Theory]
    [InlineData("22_unknown_field", "not known")]
    [InlineData("28_bin_and_safetensors_differ", "not read")]
    [InlineData("34_no_prefix", "base_model.model.")]
    public void AcceptedOddity_IsRemarkedOn(string name, string remark)
    {
        using TemporaryFolder folder = Unpack(name);
        using PeftAdapter adapter = PeftAdapter.Open(folder.At(name));
        Assert.Contains(adapter.Remarks, text => text.Contains(remark, StringComparison.Ordinal));
    }

    [Fact]
    public void FractionalAlpha_Scales()
    {
        using TemporaryFolder folder = Unpack("13_alpha_float");
        using PeftAdapter adapter = PeftAdapter.Open(folder.At("13_alpha_float"));
        Assert.Equal(2.125, Assert.Single(adapter.Modules).Scaling);
    }

    [Fact]
    public void SecondWeightFile_IsComparedOnlyWhenAsked()
    {
        using TemporaryFolder folder = Unpack("28_bin_and_safetensors_differ");
        using PeftAdapter adapter = PeftAdapter.Open(folder.At("28_bin_and_safetensors_differ"));
        Assert.Contains("differs", adapter.CompareIgnoredFile(), StringComparison.Ordinal);
        using TemporaryFolder hostile = Unpack("30_hostile_bin_beside_good_safetensors");
        using PeftAdapter good = PeftAdapter.Open(hostile.At("30_hostile_bin_beside_good_safetensors"));
        Assert.Contains("could not be compared", good.CompareIgnoredFile(), StringComparison.Ordinal);
    }

    [Fact]
    public void Library_CannotStartAProcess()
        => Assert.DoesNotContain(typeof(PeftAdapter).Assembly.GetReferencedAssemblies(), used => used.Name == "System.Diagnostics.Process");

    private static string Outcome(string path, out string message)
    {
        message = "";
        try
        {
            using PeftAdapter adapter = PeftAdapter.Open(path);

            // Infinite values may be read, but not merged.
            if (adapter.NotFinite.Count > 0)
            {
                string weights = Path.Combine(path, "base.safetensors");
                Graft.Files.SafeTensorsWriter.Write(weights, [Graft.Files.WeightData.From("fc.weight", new float[60], 6, 10)]);
                PeftMerge.Write(weights, [adapter], Path.Combine(path, "merged.safetensors"));
            }

            return "load";
        }
        catch (GraftException error)
        {
            Assert.Contains(error.Failure, new[] { Failure.Model, Failure.Refused });
            Assert.False(File.Exists(Path.Combine(path, "merged.safetensors")));
            message = error.Message;
            return "error";
        }
    }

    private static TemporaryFolder Unpack(string name)
    {
        TemporaryFolder folder = new();
        using ZipArchive zip = ZipFile.OpenRead(Shared.Golden("peft", "hostile.zip"));
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.FullName.StartsWith(name + "/", StringComparison.Ordinal)))
        {
            string path = folder.At(entry.FullName.Split('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            entry.ExtractToFile(path);
        }

        return folder;
    }
}
