using System.Buffers.Binary;
using System.Globalization;
using Graft.Files;

namespace Graft.Bench;

/// <summary>Writes a Lightning checkpoint whose names may share storages; values are streamed, so that gigabytes need little
/// memory.</summary>
internal sealed class LightningCheckpoint
{
    private readonly PickleWriter _pickle = new();
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
        _pickle.Raw("}("u8);
        Pair("epoch", 0);
        Pair("global_step", 0);
        Pair("pytorch-lightning_version", "2.4.0");
        _pickle.Text("state_dict");
        _pickle.Raw("}("u8);
        foreach ((string name, WeightData tensor) in names)
        {
            _pickle.Text(name);
            Tensor(tensor);
        }

        _pickle.Raw("u"u8);
        Pair("hyper_parameters", settings);
        _pickle.Raw("u."u8);
        byte[] pickle = _pickle.ToArray();
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

        _pickle.Tensor("FloatStorage", index, tensor.ElementCount, tensor.Shape);
    }

    private void Pair(string name, object value)
    {
        _pickle.Text(name);
        Value(value);
    }

    private void Value(object value)
    {
        switch (value)
        {
            case string text:
                _pickle.Text(text);
                break;
            case bool truth:
                _pickle.Raw([(byte)(truth ? 0x88 : 0x89)]);
                break;
            case int or long:
                _pickle.Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number:
                byte[] bytes = new byte[9];
                bytes[0] = (byte)'G';
                BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(1), number);
                _pickle.Raw(bytes);
                break;
            case IEnumerable<string> texts:
                _pickle.Raw("]("u8);
                texts.ToList().ForEach(_pickle.Text);
                _pickle.Raw("e"u8);
                break;
            case IReadOnlyDictionary<string, object> map:
                _pickle.Raw("}("u8);
                map.ToList().ForEach(pair => Pair(pair.Key, pair.Value));
                _pickle.Raw("u"u8);
                break;
            default:
                throw new ArgumentException($"{value.GetType().Name} is not written.", nameof(value));
        }
    }
}
