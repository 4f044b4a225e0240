using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

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
        ArrayBufferWriter<byte> pickle = new();
        pickle.Write<byte>([0x80, 2]);
        if (key is not null)
        {
            pickle.Write("}("u8);
            if (meta is not null)
            {
                Text(pickle, "meta");
                pickle.Write("}("u8);
                foreach ((string name, string value) in meta)
                {
                    Text(pickle, name);
                    Text(pickle, value);
                }

                pickle.Write("u"u8);
            }

            Text(pickle, key);
        }

        // A plain dictionary: Python keeps its order too, and libtorch's C++ reader supports no other.
        pickle.Write("}("u8);
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < tensors.Count; i++)
        {
            if (!names.Add(tensors[i].Name))
            {
                throw new GraftException(Failure.Model, $"{path}: two tensors to write are named {Printable.Quoted(tensors[i].Name)}.");
            }

            Text(pickle, tensors[i].Name);
            Tensor(path, pickle, tensors[i], i);
        }

        pickle.Write(key is null ? "u."u8 : "uu."u8);
        return pickle.WrittenSpan.ToArray();
    }

    private static void Tensor(string path, ArrayBufferWriter<byte> pickle, WeightData tensor, int index)
    {
        string storage = tensor.DType.StorageName() ?? throw new GraftException(Failure.Model,
            $"{path}: {Printable.Quoted(tensor.Name)} is {tensor.DType.TorchName()}, for which PyTorch 1.13 has no storage.",
                "Convert it first, or write safetensors.");
        pickle.Write("ctorch._utils\n_rebuild_tensor_v2\n(("u8);
        Text(pickle, "storage");
        pickle.Write(Encoding.ASCII.GetBytes($"ctorch\n{storage}\n"));
        Text(pickle, index.ToString(CultureInfo.InvariantCulture));
        Text(pickle, "cpu");
        Integer(pickle, tensor.ElementCount);
        pickle.Write("tQ"u8);
        Integer(pickle, 0);
        Tuple(pickle, [.. tensor.Shape]);
        Tuple(pickle, Extent.RowMajor([.. tensor.Shape]));
        pickle.Write<byte>([0x89]);
        pickle.Write("ccollections\nOrderedDict\n)RtR"u8);
    }

    private static void Tuple(ArrayBufferWriter<byte> pickle, long[] values)
    {
        pickle.Write("("u8);
        foreach (long value in values)
        {
            Integer(pickle, value);
        }

        pickle.Write("t"u8);
    }

    private static void Integer(ArrayBufferWriter<byte> pickle, long value)
    {
        Span<byte> bytes = stackalloc byte[10];
        if (value is >= 0 and < 256)
        {
            (bytes[0], bytes[1]) = ((byte)'K', (byte)value);
            pickle.Write(bytes[..2]);
        }
        else if (value is >= int.MinValue and <= int.MaxValue)
        {
            bytes[0] = (byte)'J';
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], (int)value);
            pickle.Write(bytes[..5]);
        }
        else
        {
            (bytes[0], bytes[1]) = (0x8A, 8);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[2..], value);
            pickle.Write(bytes);
        }
    }

    private static void Text(ArrayBufferWriter<byte> pickle, string text)
    {
        byte[] raw = Encoding.UTF8.GetBytes(text);
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], raw.Length);
        pickle.Write(head);
        pickle.Write(raw);
    }
}
