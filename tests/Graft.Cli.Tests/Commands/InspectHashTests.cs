using System.Security.Cryptography;
using System.Text.Json;
using Graft.Cli.CommandLine;

namespace Graft.Cli.Tests.Commands;

public class InspectHashTests
{
    [Fact]
    public void Hashes_AreThoseOfTheValues()
    {
        using TemporaryFolder folder = new();
        Files.SafeTensorsWriter.Write(folder.At("a.safetensors"), [Files.WeightData.From("a", [1f, 2f], 2)]);
        byte[] values = new byte[8];
        Buffer.BlockCopy(new[] { 1f, 2f }, 0, values, 0, 8);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(values)), Hashes(folder.At("a.safetensors"))["a"]);
    }

    [Fact]
    public void Values_AreComparedWithATolerance()
    {
        using TemporaryFolder folder = new();
        Files.SafeTensorsWriter.Write(folder.At("a.safetensors"), [Files.WeightData.From("w", [1f, 2f], 2)]);
        Files.SafeTensorsWriter.Write(folder.At("b.safetensors"), [Files.WeightData.From("w", [1f, 2.25f], 2)]);
        int Compare(params string[] more) => CommandTree.Execute("inspect", [folder.At("a.safetensors"), "--against", folder.At("b.safetensors"), "--quiet", .. more]);
        Assert.Equal(0, Compare());
        Assert.Equal(4, Compare("--values"));
        Assert.Equal(0, Compare("--values", "--tolerance", "0.25"));
    }

    [SharedTheory]
    [InlineData("fastestdet/fastestdet_coco.pth")]
    [InlineData("burn-mnist/mnist.safetensors")]
    [InlineData("ultraface-rfb320/version-RFB-320.onnx")]
    public void RealFile_HasTheHashesOfItsManifest(string path)
    {
        string file = Shared.PathOf(["data", "weights", .. path.Split('/')]);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(file + ".expected.json"));
        Dictionary<string, string> found = Hashes(file);
        foreach (JsonProperty tensor in expected.RootElement.GetProperty("tensors").EnumerateObject())
        {
            Assert.Equal(tensor.Value.GetProperty("sha256_16").GetString(), found[tensor.Name][..16]);
        }
    }

    private static Dictionary<string, string> Hashes(string file)
    {
        GraftCli.Result result = GraftCli.Run("inspect", file, "--hashes", "--json", "--quiet");
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Json.GetProperty("tensors").EnumerateArray().ToDictionary(tensor => tensor.GetProperty("name").GetString()!, tensor => tensor.GetProperty("sha256").GetString()!);
    }
}
