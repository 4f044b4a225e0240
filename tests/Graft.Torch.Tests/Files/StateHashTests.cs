using System.Security.Cryptography;
using System.Text;

namespace Graft.Files.Tests;

public class StateHashTests
{
    /// <summary>Adapter files, PanoramaVLM adapters and caches of embeddings hold these hashes, so the hashed bytes must not
    /// change.</summary>
    [Theory]
    [InlineData(StateHashHeading.NameTypeShape, "a.weight:Float32[2,1]", "b:UInt8[1]")]
    [InlineData(StateHashHeading.NameLine, "a.weight\n", "b\n")]
    [InlineData(StateHashHeading.Name, "a.weight", "b")]
    public void Hash_CoversHeadingAndBytes(StateHashHeading heading, string first, string second)
    {
        byte[] expected = [.. Encoding.UTF8.GetBytes(first), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, .. Encoding.UTF8.GetBytes(second), 7];
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(expected)),
            StateHash.Of([WeightData.From("a.weight", [1f, -2f], 2, 1), WeightData.From("b", [(byte)7], 1)], heading));
    }
}
