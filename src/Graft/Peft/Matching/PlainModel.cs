using Graft.Files;

namespace Graft.Peft;

/// <summary>
/// The tensors of a file under the names of the plain model: prefixes of wrappers, of Lightning and of PEFT are removed,
/// <c>base_layer</c> is removed, and modules that were saved whole replace their originals.
/// </summary>
public sealed class PlainModel
{
    private readonly Dictionary<string, WeightEntry> _tensors = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly List<WeightEntry> _lora = [];
    private readonly List<WeightEntry> _outOfScope = [];

    private PlainModel(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Plain names in the order of the file.</summary>
    public IReadOnlyList<string> Names => _order;

    /// <summary>LoRA tensors that the file holds beside the model's own.</summary>
    public IReadOnlyList<WeightEntry> LoraTensors => _lora;

    /// <summary>Tensors whose names do not begin with the prefix.</summary>
    public IReadOnlyList<WeightEntry> OutOfScope => _outOfScope;

    /// <summary>Number of names that were equal after the prefix was removed.</summary>
    public int Matched { get; private set; }

    /// <summary>Number of names from which only PEFT's prefix was removed.</summary>
    public int WithoutPrefix { get; private set; }

    /// <summary>Number of names from which PEFT's parts were removed: <c>base_layer</c>, <c>modules_to_save</c> or <c>original_module</c>.</summary>
    public int Unwrapped { get; private set; }

    /// <summary>The tensor of a plain name, or null.</summary>
    public WeightEntry? TryGet(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Maps the tensors of a file to plain names.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What every name of the model begins with, such as <c>model.</c> in Lightning checkpoints.</param>
    /// <exception cref="GraftException">Two names belong to the same tensor and have different values.</exception>
    public static PlainModel Of(WeightFile file, string prefix = "")
    {
        PlainModel model = new(file.Path);
        List<(string Name, WeightEntry Entry)> originals = new();
        foreach (WeightEntry entry in file.Entries)
        {
            string name = prefix.Length > 0 ? NameMap.WithoutWrappers(entry.Name) : entry.Name;
            if (!name.StartsWith(prefix, StringComparison.Ordinal))
            {
                model._outOfScope.Add(entry);
                continue;
            }

            PeftKey key = PeftKey.Parse(name[prefix.Length..]);
            switch (key.Kind)
            {
                case PeftKeyKind.A or PeftKeyKind.B or PeftKeyKind.BBias or PeftKeyKind.Magnitude:
                    model._lora.Add(entry);
                    break;
                case PeftKeyKind.Original:
                    originals.Add((key.PlainName, entry));
                    model.Unwrapped++;
                    break;
                default:
                    model.Add(key, entry);
                    break;
            }
        }

        // The original of a module is used only where no tensor replaces it.
        foreach ((string name, WeightEntry entry) in originals.Where(original => !model._tensors.ContainsKey(original.Name)))
        {
            model._tensors.Add(name, entry);
            model._order.Add(name);
        }

        return model;
    }

    private void Add(PeftKey key, WeightEntry entry)
    {
        (Matched, WithoutPrefix, Unwrapped) = key.Kind == PeftKeyKind.Plain
            ? key.HasPrefix ? (Matched, WithoutPrefix + 1, Unwrapped) : (Matched + 1, WithoutPrefix, Unwrapped)
            : (Matched, WithoutPrefix, Unwrapped + 1);
        if (_tensors.TryAdd(key.PlainName, entry))
        {
            _order.Add(key.PlainName);
        }
        else if (!_tensors[key.PlainName].ContentEquals(entry))
        {
            throw new GraftException(Failure.Model, $"{Printable.Name(Path, 400)}: {Printable.Quoted(entry.Name)} and "
                + $"{Printable.Quoted(_tensors[key.PlainName].Name)} mean the same tensor {Printable.Quoted(key.PlainName)} "
                + "and hold different values.");
        }
    }
}
