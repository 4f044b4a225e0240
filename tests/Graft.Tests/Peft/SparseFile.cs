using System.Text;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Peft.Tests;

/// <summary>A safetensors file of zeros that takes no disk space, for models of any size.</summary>
internal static class SparseFile
{
    internal static WeightFile Of(TemporaryFolder folder, IEnumerable<(string Name, long[] Shape)> tensors)
    {
        long at = 0;
        JsonObject header = new();
        foreach ((string name, long[] shape) in tensors)
        {
            long bytes = 4 * shape.Aggregate(1L, (product, size) => product * size);
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(at, at + bytes),
            };
            at += bytes;
        }

        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        string path = folder.At("sparse.safetensors");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes((long)json.Length));
            stream.Write(json);
            stream.SetLength(8 + json.Length + at);
        }

        return WeightFile.Open(path);
    }
}
