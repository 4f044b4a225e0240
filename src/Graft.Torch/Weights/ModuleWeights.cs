using Graft.Files;
using Graft.Torch.Layers;

namespace Graft.Torch.Weights;

/// <summary>Loads weights into modules, with a report on every name.</summary>
public static class ModuleWeights
{
    /// <summary>The entries that a module expects in a file: all its persistent weights and buffers.</summary>
    public static IEnumerable<ExpectedWeight> ExpectedWeights(this Module module)
        => module.StateDict().Select(entry => new ExpectedWeight(entry.Name, entry.Value.Shape, entry.Value.DType.StoredType()));

    /// <summary>Fills a module from a file. Nothing is copied unless every tensor is accounted for.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    /// <param name="map">Renames the file's names.</param>
    /// <param name="options">What may be missing or unused.</param>
    /// <exception cref="GraftException">The file cannot be read or does not fit; the message holds the report.</exception>
    public static LoadReport LoadWeights(this Module module, string path, NameMap? map = null, LoadOptions? options = null)
    {
        using WeightFile file = WeightFile.Open(path);
        return module.LoadWeights(file, map, options);
    }

    /// <summary>Fills a module from an open file. Nothing is copied unless every tensor is accounted for.</summary>
    /// <param name="module">The module.</param>
    /// <param name="file">The file.</param>
    /// <param name="map">Renames the file's names.</param>
    /// <param name="options">What may be missing or unused.</param>
    /// <exception cref="GraftException">The file does not fit; the message holds the report.</exception>
    public static LoadReport LoadWeights(this Module module, WeightFile file, NameMap? map = null, LoadOptions? options = null)
    {
        Dictionary<string, Tensor> targets = module.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        return LoadReport.Compare(module.ExpectedWeights(), file, map, options).CopyAll(assignment =>
        {
            assignment.Entry.CopyInto(targets[assignment.Target]);
            return assignment.Entry.IsFinite();
        });
    }
}
