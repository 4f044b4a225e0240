namespace Graft.Files;

/// <summary>Writes several NumPy arrays into one zip file, uncompressed.</summary>
public static class NpzWriter
{
    /// <summary>Writes arrays into a file that is complete or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">The arrays; names must differ.</param>
    /// <exception cref="GraftException">The file cannot be written, or NumPy has no such element type or name.</exception>
    public static void Write(string path, IEnumerable<WeightData> arrays)
    {
        List<WeightData> all = [.. arrays];
        AtomicFile.Write(path, stream =>
        {
            ZipWriter zip = new(path, stream);
            foreach (WeightData array in all)
            {
                byte[] header = NpyWriter.Header(path, array);
                zip.Add(array.Name + ".npy", header.Length + array.ByteLength, 1, to =>
                {
                    to.Write(header);
                    array.WriteTo(to);
                });
            }

            zip.Finish();
        });
    }
}
