using Graft.Torch.Weights;

namespace Graft.Files.Tests;

[SideBySide]
public class ShardedFileTests
{
    [Fact]
    public void Index_JoinsItsShards()
    {
        using TemporaryFolder folder = new();
        SafeTensorsWriter.Write(folder.At("model-1.safetensors"), [WeightData.From("a", [1f, 2f], 2), WeightData.From("spare", [0f], 1)]);
        SafeTensorsWriter.Write(folder.At("model-2.safetensors"), [WeightData.From("b", [3L], 1)]);
        string index = folder.Write("model.safetensors.index.json",
            """{"metadata":{"total_size":16},"weight_map":{"b":"model-2.safetensors","a":"model-1.safetensors"}}""");
        using WeightFile file = WeightFile.Open(index);
        Assert.Equal(WeightFormat.SafeTensorsSharded, file.Format);
        Assert.Equal(["b", "a"], file.Entries.Select(entry => entry.Name));
        Assert.Equal([1f, 2f], file["a"].ToSingles());
        Assert.Equal([3L], file["b"].ToInt64s());
        Assert.Contains("does not name", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../model-1.safetensors"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"model-1.bin"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"absent.safetensors"}}""", "no such file")]
    [InlineData("""{"weight_map":{"b":"model-1.safetensors"}}""", "does not have it")]
    [InlineData("""{"weight_map":{"a":"model-1.safetensors","a":"model-1.safetensors"}}""", "twice")]
    [InlineData("""{"weight_map":{},"weight_map":{}}""", "two maps")]
    [InlineData("""{"weight_map":{"a":7}}""", "not JSON as expected")]
    [InlineData("""{"weight_map":{"a":null}}""", "plain name")]
    [InlineData("""{"map":{}}""", "without weight_map")]
    [InlineData("""{"weight_map":{}} x""", "not JSON")]
    [InlineData("""{"weight_map":{""", "not JSON")]
    public void MalformedIndex_IsRefused(string json, string reason)
    {
        using TemporaryFolder folder = new();
        SafeTensorsWriter.Write(folder.At("model-1.safetensors"), [WeightData.From("a", [1f], 1)]);
        string index = folder.Write("index.json", json);
        GraftException error = Assert.Throws<GraftException>(() => WeightFile.Open(index));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
