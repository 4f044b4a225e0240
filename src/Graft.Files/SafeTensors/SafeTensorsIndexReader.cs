using System.Text.Json;

namespace Graft.Files;

/// <summary>A model in several safetensors files: an index that maps each tensor to a file beside it.</summary>
internal static class SafeTensorsIndexReader
{
    private const int LongestIndex = 100_000_000, MaxShards = 10_000;

    internal static bool Claims(MappedFile file)
    {
        ReadOnlySpan<byte> start = file.Span(0, (int)Math.Min(file.Length, 4096));
        return start.TrimStart(" \t\r\n"u8).StartsWith("{"u8) && !start.Contains((byte)0);
    }

    internal static WeightContents Read(MappedFile file)
    {
        Dictionary<string, string> map = ReadMap(file);
        Dictionary<string, (MappedFile File, Dictionary<string, WeightEntry> Entries)> shards = new(StringComparer.Ordinal);
        List<string> remarks = new();
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
            foreach (string name in map.Values.Distinct())
            {
                MappedFile shard = MappedFile.Open(Path.Combine(folder, name));
                shards[name] = (shard, []);
                shards[name] = (shard, SafeTensorsReader.Read(shard).Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal));
            }

            List<WeightEntry> entries = [.. map.Select(pair => shards[pair.Value].Entries.Remove(pair.Key, out WeightEntry? entry) ? entry
                : throw Bad.File(file.Path,
                    $"says that {Printable.Quoted(pair.Key)} is in {Printable.Quoted(pair.Value)}, which does not have it."))];
            remarks.AddRange(shards.Where(shard => shard.Value.Entries.Count > 0)
                .Select(shard => $"{Printable.Quoted(shard.Key)} holds {shard.Value.Entries.Count} tensors that the index does not name"));
            return new WeightContents(WeightFormat.SafeTensorsSharded, entries)
            {
                Files = [.. shards.Values.Select(shard => shard.File)],
                Remarks = remarks
            };
        }
        catch
        {
            foreach ((MappedFile shard, _) in shards.Values)
            {
                shard.Dispose();
            }

            throw;
        }
    }

    private static Dictionary<string, string> ReadMap(MappedFile file)
    {
        if (file.Length > LongestIndex)
        {
            throw Bad.File(file.Path, $"a JSON file of {file.Length} bytes is not an index of weights.");
        }

        try
        {
            Utf8JsonReader reader = new(file.Span(0, (int)file.Length));
            Dictionary<string, string> map = new(StringComparer.Ordinal);
            bool found = false;
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isMap = reader.ValueTextEquals("weight_map"u8);
                reader.Read();
                if (!isMap)
                {
                    reader.Skip();
                    continue;
                }

                found = !found ? true : throw Bad.File(file.Path, "the index has two maps of weights.");
                ReadEntries(file, ref reader, map);
            }

            return found && !reader.Read() ? map
                : throw Bad.File(file.Path, "a JSON file without weight_map is not an index of weights.",
                    "Name a weight file, or the .index.json beside its parts.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Bad.File(file.Path, $"the index of weights is not JSON as expected: {Printable.Name(error.Message, 200)}");
        }
    }

    private static void ReadEntries(MappedFile file, ref Utf8JsonReader reader, Dictionary<string, string> map)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string tensor = reader.GetString()!;
            reader.Read();
            string shard = reader.GetString() ?? "";
            bool plain = shard.EndsWith(".safetensors", StringComparison.Ordinal) && shard.AsSpan().IndexOfAny("/\\:\0") < 0
                && shard != ".." && shard.Length < 256;
            if (!plain || !map.TryAdd(tensor, shard))
            {
                throw Bad.File(file.Path,
                    plain ? $"the index names {Printable.Quoted(tensor)} twice."
                        : $"the index names the file {Printable.Quoted(shard)}; a plain name ending in .safetensors is expected.");
            }

            if (names.Add(shard) && names.Count > MaxShards)
            {
                throw Bad.File(file.Path, $"the index names more than {MaxShards} files.");
            }
        }
    }
}
