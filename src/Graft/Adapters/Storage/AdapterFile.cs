using Graft.Detectors;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Adapters;

/// <summary>What tuning changed: adapters, unfrozen weights and class names, in a small safetensors file that names its base by hash.</summary>
public sealed class AdapterFile : IDisposable
{
    private const string EmbeddingName = "vocabulary.embeddings";

    internal AdapterFile(
        string name, string baseHash, Vocabulary? vocabulary, IReadOnlyList<StoredAdapter> adapters,
        IReadOnlyDictionary<string, Tensor> weights,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        (Name, BaseHash, Vocabulary, Adapters, Weights) = (name, baseHash, vocabulary, adapters, weights);
        Metadata = metadata ?? new Dictionary<string, string>();
    }

    /// <summary>The file, or a description of where the contents come from.</summary>
    public string Name { get; }

    /// <summary>The base that it belongs to, see <see cref="Graft.Adapters.BaseHash"/>.</summary>
    public string BaseHash { get; }

    /// <summary>The vocabulary that it was trained with; null when none was given.</summary>
    public Vocabulary? Vocabulary { get; }

    /// <summary>The adapters.</summary>
    public IReadOnlyList<StoredAdapter> Adapters { get; }

    /// <summary>All tensors by the names that they have in the model.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights { get; }

    /// <summary>Further entries of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Names of the tensors that replace weights of the base.</summary>
    public IReadOnlyList<string> Unfrozen => [.. Weights.Keys.Where(name => !Adapters.Any(adapter => Owns(adapter, name)))];

    /// <summary>Number of elements in all tensors.</summary>
    public long Count => Weights.Values.Sum(tensor => tensor.Count);

    /// <summary>Writes what differs from the base; the file is complete or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="attached">The tuned model.</param>
    /// <param name="vocabulary">The vocabulary that it was trained with.</param>
    /// <param name="more">Further entries for the header.</param>
    public static void Save(
        string path, AttachedAdapters attached, Vocabulary? vocabulary = null, IReadOnlyDictionary<string, string>? more = null)
        => Write(path, attached.BaseHash, vocabulary, Describe(attached), attached.Changes(), more);

    /// <summary>Reads a file.</summary>
    /// <exception cref="GraftException">Of kind Model: it is not an adapter file, or it is inconsistent.</exception>
    public static AdapterFile Open(string path)
    {
        using WeightFile file = WeightFile.Open(path);
        AdapterHeader.Require(file);
        IReadOnlyList<StoredAdapter> adapters = AdapterHeader.ReadAdapters(file);
        string[] names = AdapterHeader.ReadNames(file);
        float[]? embeddings = file.TryGet(EmbeddingName)?.ToSingles();
        Vocabulary? vocabulary = names.Length == 0 ? null : new Vocabulary(names, embeddings, path);
        Dictionary<string, Tensor> weights = file.Entries.Where(entry => entry.Name != EmbeddingName)
            .ToDictionary(entry => entry.Name, entry => entry.ToTensor().Unscoped());
        return new AdapterFile(path, AdapterHeader.Required(file, "base_sha256"), vocabulary, adapters, weights, file.Metadata);
    }

    /// <summary>Writes these contents.</summary>
    public void Save(string path) => Write(path, BaseHash, Vocabulary, Adapters, Weights.Select(entry => (entry.Key, entry.Value)), null);

    /// <summary>Builds one of the adapters with its weights; the caller disposes it.</summary>
    /// <exception cref="GraftException">Of kind Model: weights are missing or of another shape.</exception>
    public Adapter Build(StoredAdapter stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        Adapter adapter = stored.Options.Create(stored.Channels);
        try
        {
            using NoGrad off = NoGrad.Begin();
            foreach ((string key, Tensor target) in adapter.StateDict())
            {
                string full = $"{stored.Site.ContainerPath}.{key}";
                Tensor value = Weights.GetValueOrDefault(full)
                    ?? throw new GraftException(Failure.Model, $"{Name} lacks {full}, which its adapter of kind {stored.Options.Kind} needs.");
                RequireShape(full, value, target);
                target.CopyFrom(value);
            }

            adapter.Freeze();
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Weights.Values)
        {
            tensor.Dispose();
        }
    }

    internal static bool Owns(StoredAdapter adapter, string name)
        => name.StartsWith(adapter.Site.ContainerPath + ".", StringComparison.Ordinal);

    internal void RequireShape(string name, Tensor value, Tensor expected)
    {
        if (!value.Shape.AsSpan().SequenceEqual(expected.Shape))
        {
            throw new GraftException(Failure.Model, $"{Name}: {name} is {value}, expected {expected}.");
        }
    }

    private static IReadOnlyList<StoredAdapter> Describe(AttachedAdapters attached)
        => [.. attached.Adapters.Select(planned => new StoredAdapter(
        planned.Site, planned.Adapter.Channels, planned.Adapter.Options with { At = [planned.Site.Name], When = TuningWhen.Always }))];

    private static void Write(
        string path, string baseHash, Vocabulary? vocabulary, IReadOnlyList<StoredAdapter> adapters,
        IEnumerable<(string Name, Tensor Value)> weights,
        IReadOnlyDictionary<string, string>? more)
    {
        (string Name, Tensor Value)[] tensors = [.. weights];
        Dictionary<string, string> header = AdapterHeader.Write(baseHash, vocabulary, adapters, tensors.Sum(tensor => tensor.Value.Count), more);
        List<WeightData> data = [.. tensors.Select(tensor => WeightData.From(tensor.Name, tensor.Value))];
        if (vocabulary is { Embeddings: { } rows, Names.Count: > 0 and var count })
        {
            data.Add(WeightData.From(EmbeddingName, rows, count, rows.Length / count));
        }

        SafeTensorsWriter.Write(path, data, header);
    }
}
