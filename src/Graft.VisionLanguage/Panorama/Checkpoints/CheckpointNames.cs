using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Classifies the tensor names of a PanoramaVLM checkpoint, without reading values.</summary>
public sealed record CheckpointNames
{
    private const string Wrapper = "base_model.model.", Layer = ".base_layer.";

    /// <summary>Names in the file.</summary>
    public int InFile { get; private init; }

    /// <summary>Names that equal those of the model without adapters, after Lightning's prefix is removed.</summary>
    public int Matched { get; private init; }

    /// <summary>Names of the model with PEFT's prefix only.</summary>
    public int BehindPrefix { get; private init; }

    /// <summary>Names of the model with PEFT's prefix and <c>base_layer</c>.</summary>
    public int BehindBaseLayer { get; private init; }

    /// <summary>Names of LoRA matrices.</summary>
    public int Lora { get; private init; }

    /// <summary>Names that the model does not have.</summary>
    public IReadOnlyList<string> Unexpected { get; private init; } = [];

    /// <summary>Names of the model that the file lacks in every form.</summary>
    public IReadOnlyList<string> Missing { get; private init; } = [];

    /// <summary>The counts of a loader that only removes Lightning's prefix: missing, unexpected, and the "loaded" that it derives from them.</summary>
    public (int Missing, int Unexpected, int PrintedLoaded) Naive { get; private init; }

    private IReadOnlyDictionary<string, string> Targets { get; init; } = new Dictionary<string, string>();

    /// <summary>The model's name for a name of the file; null for LoRA matrices and unexpected names.</summary>
    public string? TargetOf(string name) => Targets.GetValueOrDefault(name);

    /// <summary>Classifies the names of a file; every name is in exactly one class.</summary>
    /// <param name="file">The file's names.</param>
    /// <param name="published">The names of the model without adapters, duplicates included.</param>
    /// <param name="tiedHead">Whether the output layer is the token embedding. A tensor under either of its two names is not missing.</param>
    public static CheckpointNames Sort(IReadOnlyList<string> file, IEnumerable<string> published, bool tiedHead = true)
    {
        ArgumentNullException.ThrowIfNull(file);
        string lightning = PanoramaNames.PrefixOf(file);
        HashSet<string> wanted = [.. published], found = [], plain = [];
        int matched = 0, prefix = 0, baseLayer = 0, lora = 0;
        List<string> unexpected = new();
        Dictionary<string, string> targets = new(StringComparer.Ordinal);
        foreach (string name in file)
        {
            plain.Add(name.StartsWith("model.", StringComparison.Ordinal) ? name["model.".Length..] : name);
            string inner = NameMap.WithoutWrappers(name);
            inner = lightning.Length > 0 && inner.StartsWith(lightning, StringComparison.Ordinal) ? inner[lightning.Length..] : inner;
            int wrapper = inner.IndexOf(Wrapper, StringComparison.Ordinal);
            string unwrapped = wrapper < 0 ? inner : inner.Remove(wrapper, Wrapper.Length);
            string target = unwrapped.Replace(Layer, ".", StringComparison.Ordinal);
            if (unwrapped.Contains(".lora_", StringComparison.Ordinal))
            {
                lora++;
                continue;
            }

            if (!wanted.Contains(target))
            {
                unexpected.Add(name);
                continue;
            }

            found.Add(target);
            targets[name] = target;
            if (wrapper < 0)
            {
                matched++;
            }
            else if (target.Length != unwrapped.Length)
            {
                baseLayer++;
            }
            else
            {
                prefix++;
            }
        }

        HashSet<string> tensors = [.. found.Select(name => PanoramaNames.FirstNameOf(name, tiedHead))];
        return new CheckpointNames
        {
            Targets = targets,
            InFile = file.Count,
            Matched = matched,
            BehindPrefix = prefix,
            BehindBaseLayer = baseLayer,
            Lora = lora,
            Unexpected = unexpected,
            Missing = [.. wanted.Where(name => !tensors.Contains(PanoramaNames.FirstNameOf(name, tiedHead))).Order(StringComparer.Ordinal)],
            Naive = (wanted.Count(name => !plain.Contains(name)), plain.Count(name => !wanted.Contains(name)),
                file.Count - wanted.Count(name => !plain.Contains(name))),
        };
    }
}
