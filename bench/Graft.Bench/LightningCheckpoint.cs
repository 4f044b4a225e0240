using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Graft.Files;

namespace Graft.Bench;

/// <summary>Writes a Lightning checkpoint whose names may share storages; values are streamed, so that gigabytes need little
/// memory.</summary>
internal sealed class LightningCheckpoint
{
    private readonly ArrayBufferWriter<byte> _pickle = new();
    private readonly List<WeightData> _storages = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">Each name with the tensor that it holds; equal tensor names share one storage.</param>
    /// <param name="settings">The hyper-parameters: strings, numbers, Booleans, lists of strings, and dictionaries of these.</param>
    internal static void Write(string path, IEnumerable<(string Name, WeightData Tensor)> names, IReadOnlyDictionary<string, object> settings)
        => new LightningCheckpoint().Run(path, names, settings);

    private void Run(string path, IEnumerable<(string Name, WeightData Tensor)> names, IReadOnlyDictionary<string, object> settings)
    {
        _pickle.Write<byte>([0x80, 2]);
        _pickle.Write("}("u8);
        Pair("epoch", 0);
        Pair("global_step", 0);
        Pair("pytorch-lightning_version", "2.4.0");
        Text("state_dict");
        _pickle.Write("}("u8);
        foreach ((string name, WeightData tensor) in names)
        {
            Text(name);
            Tensor(tensor);
        }

        _pickle.Write("u"u8);
        Pair("hyper_parameters", settings);
        _pickle.Write("u."u8);
        byte[] pickle = _pickle.WrittenSpan.ToArray();
        AtomicFile.Write(path, stream =>
        {
            ZipWriter zip = new(path, stream);
            zip.Add("checkpoint/data.pkl", pickle.Length, 64, to => to.Write(pickle));
            for (int i = 0; i < _storages.Count; i++)
            {
                WeightData tensor = _storages[i];
                zip.Add(string.Create(CultureInfo.InvariantCulture, $"checkpoint/data/{i}"), tensor.ByteLength, 64, to => tensor.ForEachChunk(chunk => to.Write(chunk)));
            }

            zip.Add("checkpoint/version", 2, 64, to => to.Write("3\n"u8));
            zip.Finish();
        });
    }

    private void Tensor(WeightData tensor)
    {
        if (!_byName.TryGetValue(tensor.Name, out int index))
        {
            _byName.Add(tensor.Name, index = _storages.Count);
            _storages.Add(tensor);
        }

        _pickle.Write("ctorch._utils\n_rebuild_tensor_v2\n(("u8);
        Text("storage");
        _pickle.Write("ctorch\nFloatStorage\n"u8);
        Text(index.ToString(CultureInfo.InvariantCulture));
        Text("cpu");
        Value(tensor.ElementCount);
        _pickle.Write("tQ"u8);
        Value(0L);
        Tuple(tensor.Shape);
        Tuple([.. tensor.Shape.Select((_, i) => tensor.Shape.Skip(i + 1).Aggregate(1L, (product, size) => product * size))]);
        _pickle.Write<byte>([0x89]);
        _pickle.Write("ccollections\nOrderedDict\n)RtR"u8);
    }

    private void Tuple(IEnumerable<long> values)
    {
        _pickle.Write("("u8);
        foreach (long value in values)
        {
            Value(value);
        }

        _pickle.Write("t"u8);
    }

    private void Pair(string name, object value)
    {
        Text(name);
        Value(value);
    }

    private void Value(object value)
    {
        Span<byte> bytes = stackalloc byte[10];
        switch (value)
        {
            case string text:
                Text(text);
                break;
            case bool truth:
                _pickle.Write([(byte)(truth ? 0x88 : 0x89)]);
                break;
            case int or long:
                (bytes[0], bytes[1]) = (0x8A, 8);
                BinaryPrimitives.WriteInt64LittleEndian(bytes[2..], Convert.ToInt64(value, CultureInfo.InvariantCulture));
                _pickle.Write(bytes);
                break;
            case double number:
                bytes[0] = (byte)'G';
                BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], number);
                _pickle.Write(bytes[..9]);
                break;
            case IEnumerable<string> texts:
                _pickle.Write("]("u8);
                texts.ToList().ForEach(Text);
                _pickle.Write("e"u8);
                break;
            case IReadOnlyDictionary<string, object> map:
                _pickle.Write("}("u8);
                map.ToList().ForEach(pair => Pair(pair.Key, pair.Value));
                _pickle.Write("u"u8);
                break;
            default:
                throw new ArgumentException($"{value.GetType().Name} is not written.", nameof(value));
        }
    }

    private void Text(string text)
    {
        byte[] raw = Encoding.UTF8.GetBytes(text);
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], raw.Length);
        _pickle.Write(head);
        _pickle.Write(raw);
    }
}
