using System.Globalization;
using System.Text;

namespace Graft.Files;

/// <summary>
/// PyTorch's zip format: <c>root/data.pkl</c>, <c>root/data/KEY</c>, <c>root/version</c> and, since 2.1, <c>root/byteorder</c>.
/// </summary>
internal sealed class TorchZipReader
{
    private const int LongestPickle = 256 << 20, NewestVersion = 99;
    private readonly MappedFile _file;
    private readonly ZipDirectory _zip;
    private readonly string _root;
    private readonly bool _bigEndian;
    private readonly Dictionary<string, StorageBytes> _records = new(StringComparer.Ordinal);

    private TorchZipReader(MappedFile file, ZipDirectory zip)
    {
        (_file, _zip) = (file, zip);
        List<string> pickles = [.. zip.Members.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal)
            && name.Count(c => c == '/') == 1)];
        if (pickles.Count != 1)
        {
            throw Bad.File(file.Path, $"a zip file with {pickles.Count} members named NAME/data.pkl; a PyTorch file has exactly one.",
                "This may be another kind of zip file; .npz files hold .npy members only.");
        }

        _root = pickles[0][..^"data.pkl".Length];
        string text = Text("version")
            ?? throw Bad.File(file.Path, $"member {Printable.Quoted(_root + "version")} is missing; this is not a PyTorch file.");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) || version is < 1 or > NewestVersion)
        {
            throw Bad.File(file.Path, $"its version {Printable.Quoted(text)} is not understood.",
                "The file is damaged, or newer than this program.");
        }

        _bigEndian = Text("byteorder") switch
        {
            null or "little" => false,
            "big" => true,
            string other => throw Bad.File(file.Path, $"its byte order {Printable.Quoted(other)} is neither little nor big."),
        };
    }

    internal static bool Claims(ZipDirectory zip)
        => zip.Names.Any(name => name.EndsWith("/data.pkl", StringComparison.OrdinalIgnoreCase)) || !zip.Names.All(NpzReader.IsArray);

    internal static WeightContents Read(MappedFile file, ZipDirectory zip, WeightPolicy policy)
    {
        TorchZipReader reader = new(file, zip);
        PickleContext context = new(file.Path, policy, reader.Bind);
        string name = reader._root + "data.pkl";
        ReadOnlySpan<byte> pickle = zip.Members[name].Read(LongestPickle);
        PickleValue root = PickleReader.Read(pickle, context, "data.pkl", out int used);
        if (used != pickle.Length)
        {
            throw Bad.File(file.Path, $"{pickle.Length - used} bytes follow the end of data.pkl.");
        }

        if (zip.Names.Any(member => member.StartsWith(reader._root + "code/", StringComparison.Ordinal)
            || member == reader._root + "constants.pkl"))
        {
            context.Remark("the file holds TorchScript code, which is ignored");
        }

        return StateDictionary.Contents(WeightFormat.TorchZip, root, context);
    }

    private string? Text(string member)
        => _zip.Members.TryGetValue(_root + member, out ZipMember? found) ? Encoding.ASCII.GetString(found.Read(64)).Trim() : null;

    private PickleStorage Bind(PickleStorage storage)
    {
        if (!_zip.Members.TryGetValue($"{_root}data/{storage.Key}", out ZipMember? member))
        {
            throw Bad.File(_file.Path, $"the record of storage {storage.Key} is missing.", "The file is incomplete; download it again.");
        }

        if (member.Length != storage.ByteLength)
        {
            throw Bad.File(_file.Path,
                $"the record of storage {storage.Key} has {member.Length} bytes, {storage.ByteLength} were expected.");
        }

        if (!_records.TryGetValue(storage.Key, out StorageBytes? bytes))
        {
            _records[storage.Key] = bytes = member.AsStorage(storage.Key);
        }

        storage.Bytes = bytes;
        storage.BigEndian = _bigEndian;
        return storage;
    }
}
