namespace Graft.Files;

/// <summary>A zip file of NumPy arrays; entries are named after the members, without <c>.npy</c>.</summary>
internal static class NpzReader
{
    private const string Extension = ".npy";

    internal static bool IsArray(string member) => member.EndsWith(Extension, StringComparison.Ordinal);

    internal static WeightContents Read(MappedFile file, ZipDirectory zip)
    {
        List<WeightEntry> entries = new(zip.Names.Count);
        foreach (string member in zip.Names)
        {
            ZipMember found = zip.Members[member];
            string name = member[..^Extension.Length], what = $"{file.Path} ({Printable.Name(member)})";
            ReadOnlySpan<byte> start = found.Peek(12);
            NpyHeader header = NpyHeader.Parse(what, found.Peek(NpyHeader.BytesNeeded(what, start)), found.Length);
            entries.Add(header.AsEntry(name, found.AsStorage(name, header.DataOffset)));
        }

        return new WeightContents(WeightFormat.Npz, entries);
    }
}
