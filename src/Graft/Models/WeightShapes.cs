using Graft.Files;

namespace Graft.Models;

/// <summary>Names and shapes of a file's tensors, without the prefix of a training wrapper.</summary>
public sealed class WeightShapes
{
    private readonly Dictionary<string, IReadOnlyList<long>> _shapes = new(StringComparer.Ordinal);
    private readonly string _path;

    private WeightShapes(string path) => _path = path;

    /// <summary>The file, for messages.</summary>
    public string File => _path;

    /// <summary>All names.</summary>
    public IReadOnlyCollection<string> Names => _shapes.Keys;

    /// <summary>The sizes of a tensor.</summary>
    /// <exception cref="GraftException">There is none of this name.</exception>
    public IReadOnlyList<long> this[string name] => TryGet(name)
        ?? throw new GraftException(Failure.Model, $"{Printable.Name(_path, 400)}: there is no tensor {Printable.Quoted(name)}, which a network of this family has.");

    /// <summary>The file's names unchanged, then without the prefix of each known wrapper.</summary>
    public static IEnumerable<WeightShapes> Of(WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        foreach (string prefix in NamePrefix.Candidates(file.Entries.Select(entry => entry.Name)))
        {
            WeightShapes shapes = new(file.Path);
            foreach (WeightEntry entry in file.Entries.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                shapes._shapes.TryAdd(NameMap.WithoutWrappers(entry.Name[prefix.Length..]), entry.Shape);
            }

            yield return shapes;
        }
    }

    /// <summary>The sizes of a tensor, or null.</summary>
    public IReadOnlyList<long>? TryGet(string name) => _shapes.GetValueOrDefault(name);

    /// <summary>The same shapes under the names that a map gives; names that it does not contain stay.</summary>
    public WeightShapes Renamed(NameMap map)
    {
        WeightShapes renamed = new(_path);
        foreach ((string name, IReadOnlyList<long> shape) in _shapes)
        {
            renamed._shapes.TryAdd(map.TryApply(name, out _, out NameTarget target) && target.Pattern is { } other ? other : name, shape);
        }

        return renamed;
    }
}
