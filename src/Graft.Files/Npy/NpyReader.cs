namespace Graft.Files;

/// <summary>One NumPy array; its only entry is named after the file.</summary>
internal static class NpyReader
{
    internal static WeightContents Read(MappedFile file)
    {
        ReadOnlySpan<byte> start = file.Span(0, (int)Math.Min(file.Length, 12));
        int needed = NpyHeader.BytesNeeded(file.Path, start);
        NpyHeader header = NpyHeader.Parse(file.Path, file.Span(0, (int)Math.Min(needed, file.Length)), file.Length);
        string name = Path.GetFileNameWithoutExtension(file.Path);
        StorageBytes storage = new(file, 0, file.Length, name, null, header.DataOffset);
        return new WeightContents(WeightFormat.Npy, [header.AsEntry(name, storage)]);
    }
}
