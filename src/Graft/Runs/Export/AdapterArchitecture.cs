using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Runs;

/// <summary>What adapters that share one exported base must have in common.</summary>
internal static class AdapterArchitecture
{
    /// <summary>Refuses adapters of another base, and adapters that differ in kinds, sites or widths.</summary>
    /// <exception cref="GraftException">Of kind Refused: another base; of kind Usage: another architecture.</exception>
    internal static void Require(IDetector detector, IReadOnlyList<AdapterFile> files)
    {
        if (files.Count == 0)
        {
            throw new GraftException(Failure.Usage, "No adapter is given.", "Give at least one: --adapter FILE.");
        }

        string own = BaseHash.Of(detector.Network);
        foreach (AdapterFile file in files)
        {
            if (file.BaseHash != own)
            {
                throw new GraftException(
                    Failure.Refused, $"{file.Name} was trained on the base {Start(file.BaseHash)}, this base is {Start(own)}.",
                    "Export it with the base that it was trained on; an adapter fits only its own base.");
            }

            (string, string)[] differing = [.. Places(files[0]).Except(Places(file)).Select(place => (files[0].Name, place)),
                .. Places(file).Except(Places(files[0])).Select(place => (file.Name, place))];
            if (differing is [var (owner, found), ..])
            {
                throw new GraftException(
                    Failure.Usage, $"{files[0].Name} and {file.Name} are of different architectures: only {owner} has {found}.",
                    "Train the adapters with the same kinds, sites and ranks, or export them separately.");
            }
        }
    }

    /// <summary>Refuses another number of classes where prompts are constants of the graph.</summary>
    internal static void RequireClasses(string name, Vocabulary adapter, Vocabulary source, bool isOpen)
    {
        if (!isOpen && adapter.Names.Count != source.Names.Count)
        {
            throw new GraftException(
                Failure.Usage, $"The adapter {name} has {adapter.Names.Count} classes, the first one {source.Names.Count}; with baked prompts all have the same number.",
                "Let the text be an input (--text input), where each adapter brings its own classes, or export them separately.");
        }
    }

    /// <summary>The same adapters with all weights zero, so that they change nothing; equal for all adapters of one architecture.</summary>
    internal static AdapterFile Neutral(AdapterFile file)
    {
        using NoGrad off = NoGrad.Begin();
        Dictionary<string, Tensor> weights = [];
        foreach (StoredAdapter stored in file.Adapters)
        {
            using Adapter adapter = stored.Options.Create(stored.Channels);
            foreach ((_, Parameter parameter) in adapter.Parameters())
            {
                parameter.Value.Fill(0);
            }

            foreach ((string key, Tensor value) in adapter.StateDict())
            {
                weights[$"{stored.Site.ContainerPath}.{key}"] = value.Clone().Unscoped();
            }
        }

        return new AdapterFile("the base without an adapter", file.BaseHash, null, file.Adapters, weights);
    }

    private static string[] Places(AdapterFile file)
        => [.. file.Adapters.Select(stored => $"an adapter of kind {stored.Options.Kind} at {stored.Site.Name} ({stored.Channels} channels)")];

    private static string Start(string hash) => hash[..Math.Min(12, hash.Length)];
}
