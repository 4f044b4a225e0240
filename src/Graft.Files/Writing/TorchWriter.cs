using System.Globalization;

namespace Graft.Files;

/// <summary>Writes state dictionaries in PyTorch's zip format (pickle protocol 2, stored members aligned to 64 bytes).</summary>
public static class TorchWriter
{
    private const int Alignment = 64;

    /// <summary>Writes a state dictionary into a file that is complete or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors in order; names must differ.</param>
    /// <param name="key">Puts the dictionary under this key of an outer one, such as <c>state_dict</c>; null writes it alone.</param>
    /// <param name="meta">Entries for the key <c>meta</c> of the outer dictionary.</param>
    /// <exception cref="GraftException">The file cannot be written, or a tensor has a type that the old storages lack.</exception>
    public static void Write(string path, IEnumerable<WeightData> tensors, string? key = null,
        IReadOnlyDictionary<string, string>? meta = null)
    {
        List<WeightData> all = [.. tensors];
        byte[] pickle = Pickle(path, all, key, meta);
        string root = Root(path);
        AtomicFile.Write(path, stream =>
        {
            ZipWriter zip = new(path, stream);
            Add(zip, $"{root}/data.pkl", pickle);
            Add(zip, $"{root}/byteorder", "little"u8);
            for (int i = 0; i < all.Count; i++)
            {
                WeightData tensor = all[i];
                zip.Add(string.Create(CultureInfo.InvariantCulture, $"{root}/data/{i}"), tensor.ByteLength, Alignment,
                    to => tensor.WriteTo(to));
            }

            Add(zip, $"{root}/version", "3\n"u8);
            zip.Finish();
        });
    }

    private static string Root(string path)
    {
        string stem = string.Concat(System.IO.Path.GetFileNameWithoutExtension(path).Where(c => char.IsAsciiLetterOrDigit(c)
            || c is '_' or '-'));
        return stem.Length > 0 ? stem : "archive";
    }

    private static void Add(ZipWriter zip, string name, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        zip.Add(name, copy.Length, Alignment, to => to.Write(copy));
    }

    private static byte[] Pickle(string path, List<WeightData> tensors, string? key, IReadOnlyDictionary<string, string>? meta)
    {
        PickleWriter pickle = new();
        if (key is not null)
        {
            pickle.Raw("}("u8);
            if (meta is not null)
            {
                pickle.Text("meta");
                pickle.Raw("}("u8);
                foreach ((string name, string value) in meta)
                {
                    pickle.Text(name);
                    pickle.Text(value);
                }

                pickle.Raw("u"u8);
            }

            pickle.Text(key);
        }

        // A plain dictionary: Python keeps its order too, and libtorch's C++ reader reads no other.
        pickle.Raw("}("u8);
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < tensors.Count; i++)
        {
            WeightData tensor = tensors[i];
            if (!names.Add(tensor.Name))
            {
                throw new GraftException(Failure.Model, $"{path}: two tensors to write are named {Printable.Quoted(tensor.Name)}.");
            }

            string storage = tensor.DType.StorageName() ?? throw new GraftException(Failure.Model,
                $"{path}: {Printable.Quoted(tensor.Name)} is {tensor.DType.TorchName()}, for which PyTorch 1.13 has no storage.",
                    "Convert it first, or write safetensors.");
            pickle.Text(tensor.Name);
            pickle.Tensor(storage, i, tensor.ElementCount, tensor.Shape);
        }

        pickle.Raw(key is null ? "u."u8 : "uu."u8);
        return pickle.ToArray();
    }
}
