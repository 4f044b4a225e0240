using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Graft.Files;

/// <summary>
/// PyTorch's format from 0.1.10 to 1.5: magic number, version, system info, object and storage keys as pickles, then the
/// storages.
/// </summary>
internal sealed class TorchLegacyReader
{
    private const int LongestPickle = 256 << 20;
    private const long ProtocolVersion = 1001;
    private static readonly BigInteger MagicNumber = BigInteger.Parse("119547037146038801333356",
        System.Globalization.CultureInfo.InvariantCulture);
    private readonly MappedFile _file;
    private readonly Dictionary<string, List<PickleStorage>> _storages = new(StringComparer.Ordinal);
    private long _at;

    private TorchLegacyReader(MappedFile file) => _file = file;

    internal static WeightContents Read(MappedFile file, WeightPolicy policy)
    {
        TorchLegacyReader reader = new(file);
        PickleContext context = new(file.Path, policy, reader.Bind);
        PickleValue magic = reader.Next(context, "the magic number");
        if (magic is not PickleScalar { Value: BigInteger number } || number != MagicNumber)
        {
            throw Bad.File(file.Path, "begins with a pickle that is not PyTorch's magic number.",
                "A bare pickle is not a weight file; save a state dictionary with torch.save, or use safetensors.");
        }

        if (reader.Next(context, "the protocol version").Integer is var version && version != ProtocolVersion)
        {
            throw Bad.File(file.Path,
                $"protocol version {version?.ToString(CultureInfo.InvariantCulture) ?? "(not a number)"} of the old PyTorch format; {ProtocolVersion} is known.");
        }

        if (reader.Next(context, "the system info") is not PickleDictionary info
            || info.Find("little_endian") is not PickleScalar { Value: true })
        {
            throw Bad.File(file.Path, "its system info does not say that numbers are little-endian.",
                "Load and save it again on a little-endian machine.");
        }

        PickleValue root = reader.Next(context, "the object");
        reader.ReadStorages(reader.Next(context, "the storage keys"));
        return StateDictionary.Contents(WeightFormat.TorchLegacy, root, context);
    }

    private PickleValue Next(PickleContext context, string what)
    {
        ReadOnlySpan<byte> rest = _file.Span(_at, (int)Math.Min(_file.Length - _at, LongestPickle));
        PickleValue value = PickleReader.Read(rest, context, what, out int used);
        _at += used;
        return value;
    }

    private PickleStorage Bind(PickleStorage storage)
    {
        if (storage.ByteLength > _file.Length)
        {
            throw Bad.File(_file.Path, $"storage {storage.Key} is said to have {storage.ByteLength} bytes, more than the file.");
        }

        if (!_storages.TryGetValue(storage.Key, out List<PickleStorage>? same))
        {
            _storages[storage.Key] = same = [];
        }

        same.Add(storage);
        return storage;
    }

    private void ReadStorages(PickleValue keys)
    {
        if (keys is not PickleSequence { Kind: PickleSequenceKind.List } list || list.Items.Count != _storages.Count)
        {
            throw Bad.File(_file.Path, $"its list of storage keys does not match the {_storages.Count} storages that its tensors use.");
        }

        foreach (PickleValue key in list.Items)
        {
            if (key.Text is not { } name || !_storages.Remove(name, out List<PickleStorage>? same))
            {
                throw Bad.File(_file.Path, $"its list of storage keys names {key}, which no tensor uses, or names it twice.");
            }

            long count = _file.Length - _at >= 8 ? BinaryPrimitives.ReadInt64LittleEndian(_file.Span(_at, 8)) : -1;
            PickleStorage first = same[0];
            if (same.Any(storage => storage.Count != count || storage.ByteLength != first.ByteLength))
            {
                throw Bad.File(_file.Path, $"storage {first.Key} has {count} elements where it lies, {first.Count} were announced.");
            }

            _at += 8;
            if (first.ByteLength > _file.Length - _at)
            {
                throw Bad.File(_file.Path, $"storage {first.Key} needs {first.ByteLength} bytes, {_file.Length - _at} are left.",
                    "The file is cut off; download it again.");
            }

            StorageBytes bytes = new(_file, _at, first.ByteLength, first.Key);
            same.ForEach(storage => storage.Bytes = bytes);
            _at += first.ByteLength;
        }

        if (_at != _file.Length)
        {
            throw Bad.File(_file.Path, $"{_file.Length - _at} bytes follow its last storage.");
        }
    }
}
