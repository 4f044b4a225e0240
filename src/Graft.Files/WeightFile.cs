namespace Graft.Files;

/// <summary>
/// A file of weights, opened for reading: PyTorch (zip or legacy), safetensors, NumPy, or the initializers of an ONNX model.
/// The file is mapped, not loaded; nothing in it is ever executed.
/// </summary>
public sealed class WeightFile : IDisposable
{
    private readonly WeightContents _contents;
    private readonly MappedFile _file;
    private readonly PickleContext _context;
    private readonly Dictionary<string, WeightEntry> _byName = new(StringComparer.Ordinal);
    private readonly List<string> _remarks;
    private readonly bool _isPart;

    private WeightFile(MappedFile file, WeightContents contents, WeightPolicy policy, bool isPart = false)
    {
        (_file, _contents, Policy, _isPart) = (file, contents, policy, isPart);
        _remarks = [.. contents.Remarks];
        _context = new PickleContext(file.Path, policy, storage => storage);
        foreach (WeightEntry entry in contents.Entries)
        {
            if (!_byName.TryAdd(entry.Name, entry))
            {
                _remarks.Add($"two tensors are named {Printable.Quoted(entry.Name)}; the first is used");
            }
        }
    }

    /// <summary>Path of the file.</summary>
    public string Path => _file.Path;

    /// <summary>Size in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>Container format.</summary>
    public WeightFormat Format => _contents.Format;

    /// <summary>How foreign classes were treated.</summary>
    public WeightPolicy Policy { get; }

    /// <summary>The model's tensors in the order of the file.</summary>
    public IReadOnlyList<WeightEntry> Entries => _contents.Entries;

    /// <summary>The metadata that safetensors and ONNX files hold besides their tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _contents.Metadata;

    /// <summary>All contents of a PyTorch file as inert values; null for other formats.</summary>
    public PickleValue? Root => _contents.Root;

    /// <summary>
    /// Which part of a PyTorch file <see cref="Entries"/> come from, such as <c>ema</c> or <c>state_dict</c>; empty for the
    /// whole.
    /// </summary>
    public string Origin => _contents.Origin;

    /// <summary>Remarks for the user, one sentence each.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Foreign classes kept as inert records, with their counts.</summary>
    public IReadOnlyDictionary<string, int> ForeignClasses => _contents.Foreign;

    /// <summary>Opens a file; its content determines the format.</summary>
    /// <param name="path">The file.</param>
    /// <param name="policy">What to do with foreign classes.</param>
    /// <exception cref="GraftException">It cannot be opened, is not a weight file, or is inconsistent.</exception>
    public static WeightFile Open(string path, WeightPolicy policy = WeightPolicy.Skip) => Open(MappedFile.Open(path), policy);

    /// <summary>The weights in a folder of Hugging Face's libraries: one safetensors file, the index of several, or a PyTorch file.</summary>
    /// <returns>Path of the file to open.</returns>
    /// <exception cref="GraftException">Of kind Model: the folder has none of them.</exception>
    public static string InFolder(string folder)
    {
        string[] names = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"];
        return names.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new GraftException(Failure.Model, $"{Printable.Name(folder, 400)}: there are no weights.", $"The folder needs one of {string.Join(", ", names)}.");
    }

    /// <summary>Opens a file in memory.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="policy">What to do with foreign classes.</param>
    /// <exception cref="GraftException">It is not a weight file, or is inconsistent.</exception>
    public static WeightFile Open(string name, ReadOnlySpan<byte> bytes, WeightPolicy policy = WeightPolicy.Skip)
        => Open(MappedFile.Of(name, bytes), policy);

    private static WeightFile Open(MappedFile file, WeightPolicy policy)
    {
        try
        {
            return new WeightFile(file, Read(file, policy), policy);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Some tensors of this file as a file of their own; it is valid until this file is disposed.</summary>
    /// <param name="entries">Its tensors, with the names that they have in it.</param>
    /// <param name="metadata">Its metadata.</param>
    public WeightFile Part(IEnumerable<(string Name, WeightEntry Entry)> entries, IReadOnlyDictionary<string, string> metadata) => new(
        _file, new WeightContents(Format, [.. entries.Select(entry => entry.Entry.WithName(entry.Name))]) { Metadata = metadata }, Policy, isPart: true);

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="GraftException">There is none; the hint names the nearest.</exception>
    public WeightEntry this[string name] => TryGet(name)
        ?? throw Bad.File(Path, $"there is no tensor {Printable.Quoted(name)} among {Entries.Count}.",
            Nearest.Suggestion(name, _byName.Keys));

    /// <summary>The tensor of a name, or null.</summary>
    public WeightEntry? TryGet(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensor of a file that holds exactly one.</summary>
    /// <exception cref="GraftException">It holds none or several.</exception>
    public WeightEntry Single => Entries.Count == 1
        ? Entries[0] : throw Bad.File(Path, $"it holds {Entries.Count} tensors, one was expected.");

    /// <summary>The named tensors below another part of a PyTorch file, such as the value of <c>Root["model"]</c>.</summary>
    public IReadOnlyList<WeightEntry> EntriesOf(PickleValue part) => StateDictionary.Walk(part, _context);

    /// <summary>Groups of names that share one storage.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Aliases =>
        [.. Entries.Where(entry => entry.ElementCount > 0 && entry.StorageKey.Length > 0).GroupBy(entry => entry.StorageKey)
            .Where(group => group.Skip(1).Any()).Select(group => group.Select(entry => entry.Name).ToList())];

    private static WeightContents Read(MappedFile file, WeightPolicy policy)
    {
        ReadOnlySpan<byte> start = file.Span(0, (int)Math.Min(file.Length, 8));
        string extension = System.IO.Path.GetExtension(file.Path).ToLowerInvariant();
        if (SafeTensorsReader.Claims(file) || extension == ".safetensors")
        {
            return SafeTensorsReader.Read(file);
        }

        // An .npz without arrays begins with an end record, of which there are two kinds.
        if (start.StartsWith(extension == ".npz" ? "PK"u8 : "PK\x03\x04"u8))
        {
            ZipDirectory zip = ZipDirectory.Read(file, refuseDrives: extension != ".npz");
            return TorchZipReader.Claims(zip) ? TorchZipReader.Read(file, zip, policy) : NpzReader.Read(file, zip);
        }

        if (start.StartsWith(NpyHeader.Magic[..Math.Min(NpyHeader.Magic.Length, start.Length)]) || extension == ".npy")
        {
            return NpyReader.Read(file);
        }

        if (start[0] == 0x80)
        {
            return TorchLegacyReader.Read(file, policy);
        }

        if (extension == ".onnx" || OnnxReader.Claims(file))
        {
            return OnnxReader.Read(file);
        }

        if (SafeTensorsIndexReader.Claims(file))
        {
            return SafeTensorsIndexReader.Read(file);
        }

        throw ForeignFormats.Explain(file);
    }

    /// <summary>Closes the file; its tensors can no longer be read.</summary>
    public void Dispose()
    {
        if (_isPart)
        {
            return;
        }

        _file.Dispose();
        foreach (MappedFile other in _contents.Files)
        {
            other.Dispose();
        }
    }
}
