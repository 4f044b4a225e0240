using System.Text.Json;

namespace Graft.Files.Tests;

/// <summary>Real weight files hold the tensors whose hashes stand beside them, and every golden file opens.</summary>
public class RealFileTests
{
    [SharedTheory]
    [InlineData("fastestdet/fastestdet_coco.pth")]
    [InlineData("fastestdet/shufflenetv2_backbone.pth")]
    [InlineData("ultraface-rfb320/version-RFB-320.pth")]
    [InlineData("burn-mnist/mnist.pt")]
    [InlineData("burn-mnist/mnist.safetensors")]
    public void RealFile_HasTheTensorsOfItsManifest(string path)
    {
        string file = Shared.PathOf(["data", "weights", .. path.Split('/')]);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(file + ".expected.json"));
        List<JsonProperty> tensors = [.. expected.RootElement.GetProperty("tensors").EnumerateObject()];
        using WeightFile weights = WeightFile.Open(file, WeightPolicy.Strict);
        Assert.Equal(tensors.Select(tensor => tensor.Name), weights.Entries.Select(entry => entry.Name));
        foreach (JsonProperty tensor in tensors)
        {
            WeightEntry entry = weights[tensor.Name];
            Assert.Equal(tensor.Value.GetProperty("dtype").GetString(), entry.DType.ShortName());
            Assert.Equal(tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), entry.Shape);
            Assert.Equal(tensor.Value.GetProperty("sha256_16").GetString(), entry.Sha256()[..16]);
        }
    }

    [SharedFact]
    public void EveryGoldenFile_OpensAndReads()
    {
        int files = 0;
        foreach (string extension in (string[])["*.pth", "*.pt", "*.npz", "*.npy", "*.safetensors", "*.ckpt", "*.bin"])
        {
            foreach (string file in Directory.EnumerateFiles(Shared.PathOf("golden"), extension, SearchOption.AllDirectories)
                .Where(file => !file.Contains("hostile", StringComparison.Ordinal) && !file.EndsWith("tar_0_1_9.pth", StringComparison.Ordinal)))
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
