using System.Text.Json;

namespace Graft.Files.Tests;

/// <summary>Real weight files hold the tensors whose hashes are listed beside them, and every golden file opens.</summary>
[SideBySide]
public class RealFileTests
{
    [SharedTheory]
    [InlineData("fastestdet/fastestdet_coco.pth")]
    [InlineData("fastestdet/shufflenetv2_backbone.pth")]
    [InlineData("ultraface-rfb320/version-RFB-320.pth")]
    [InlineData("burn-mnist/mnist.pt")]
    [InlineData("fastestdet/FastestDet.onnx")]
    [InlineData("ultraface-rfb320/version-RFB-320.onnx")]
    [InlineData("burn-mnist/mnist.safetensors")]
    public void RealFile_HasTheTensorsOfItsManifest(string path)
    {
        string file = Shared.PathOf(["data", "weights", .. path.Split('/')]);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(file + ".expected.json"));
        List<JsonProperty> tensors = [.. expected.RootElement.GetProperty("tensors").EnumerateObject()];
        using WeightFile weights = WeightFile.Open(file, WeightPolicy.Strict);
        Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), weights.Entries.Select(entry => entry.Name).Order());
        foreach (JsonProperty tensor in tensors)
        {
            WeightEntry entry = weights[tensor.Name];
            Assert.Equal(tensor.Value.GetProperty("dtype").GetString(), entry.DType.ShortName());
            Assert.Equal(tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), entry.Shape);
            Assert.Equal(tensor.Value.GetProperty("sha256_16").GetString(), entry.Sha256()[..16]);
        }
    }

    [SharedFact]
    public void Manifest_NamesTheFilesThatAreTested()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Shared.PathOf("data", "weights", "manifest.json")));
        string[] listed = [.. manifest.RootElement.GetProperty("files").EnumerateArray().Where(file => file.TryGetProperty("expected", out _))
            .Select(file => file.GetProperty("path").GetString()!)];
        string[] tested = [.. typeof(RealFileTests).GetMethod(nameof(RealFile_HasTheTensorsOfItsManifest))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Cast<InlineDataAttribute>().Select(data => (string)data.GetData(null!).Single()[0])];
        Assert.Equal(listed.Order(), tested.Order());
    }

    [SharedFact]
    public void WordVectors_AreAsLargeAsTheirVocabulary()
    {
        using WeightFile weights = WeightFile.Open(Shared.PathOf("data", "weights", "glove-inspect-100d",
            "glove-inspect-100d.safetensors"));
        int words = File.ReadLines(Shared.PathOf("data", "weights", "glove-inspect-100d", "words.txt")).Count();
        WeightEntry vectors = Assert.Single(weights.Entries, entry => entry.Shape.Count == 2 && entry.Shape[0] == words);
        Assert.Equal(100, vectors.Shape[1]);
        Assert.True(vectors.IsFinite());
    }

    [SharedFact]
    public void OnnxAndLegacyFileOfOneNet_HoldTheSameTensors()
    {
        string folder = Shared.PathOf("data", "weights", "ultraface-rfb320");
        using WeightFile onnx = WeightFile.Open(Path.Combine(folder, "version-RFB-320.onnx"));
        using WeightFile legacy = WeightFile.Open(Path.Combine(folder, "version-RFB-320.pth"));
        int equal = onnx.Entries.Count(entry => legacy.TryGet(entry.Name) is { } other && entry.ContentEquals(other));
        Assert.True(equal >= 209, $"Only {equal} tensors are equal.");
    }

    [SharedFact]
    public void UltralyticsModule_GivesItsStateDictionary()
    {
        string folder = Shared.PathOf("golden", "yolov10", "yolov10n_128");
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "architecture.json")));
        using WeightFile weights = WeightFile.Open(Path.Combine(folder, "stripped.pt"));
        Assert.Equal("model", weights.Origin);
        Assert.Equal(2775520,
            weights.Entries.Where(entry => entry.DType.IsFloatingPoint()
                && !entry.Name.Contains("running_", StringComparison.Ordinal)).Sum(entry => entry.ElementCount));
        Assert.Equal(expected.RootElement.GetProperty("state_dict").EnumerateObject()
            .Select(key => $"{key.Name} {string.Join('x', key.Value.GetProperty("shape").EnumerateArray())}"),
            weights.Entries.Select(entry => $"{entry.Name} {string.Join('x', entry.Shape)}"));
        Assert.Equal("class00", weights.Root!["model"]!["names"] is PickleDictionary names ? names.Entries[0].Value.Text : null);
        using WeightFile resumable = WeightFile.Open(Shared.PathOf("golden", "yolov10", "tiny_m", "last.pt"));
        Assert.Equal("ema", resumable.Origin);
        Assert.NotEmpty(resumable.EntriesOf(resumable.Root!["model"]!));
    }

    [SharedFact]
    public void EveryGoldenFile_OpensAndReads()
    {
        int files = 0;
        foreach (string extension in (string[])["*.pth", "*.pt", "*.npz", "*.npy", "*.safetensors", "*.ckpt", "*.bin"])
        {
            foreach (string file in Directory.EnumerateFiles(Shared.PathOf("golden"), extension, SearchOption.AllDirectories)
                .Where(file => !file.Contains("hostile", StringComparison.Ordinal)
                    && !file.EndsWith("tar_0_1_9.pth", StringComparison.Ordinal)))
            {
                using WeightFile weights = WeightFile.Open(file);
                Assert.True(weights.Entries.Count > 0, $"{file} holds no tensors.");
                foreach (WeightEntry entry in weights.Entries)
                {
                    Assert.Equal(entry.ByteLength, entry.ToBytes().Length);
                }

                files++;
            }
        }

        Assert.True(files > 250, $"Only {files} golden files were found.");
    }
}
