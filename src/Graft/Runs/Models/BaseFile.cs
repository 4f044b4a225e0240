using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;

namespace Graft.Runs;

/// <summary>Loads starting weights from a weight file of Graft, an official checkpoint, or one of the Ultralytics family.</summary>
internal static class BaseFile
{
    /// <summary>Loads weights into a network. Every tensor must fit, except class branches of a network with fixed classes whose number differs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The base.</param>
    /// <param name="asked">The options that the network was built from.</param>
    /// <param name="names">Class names of the data; null: names are not checked.</param>
    /// <exception cref="GraftException">The file cannot be read or does not fit; the message contains the report.</exception>
    internal static LoadReport Load(DetectionNetwork network, string path, ModelOptions asked, IReadOnlyList<string>? names = null)
    {
        using WeightFile file = WeightFile.Open(path);
        ModelFiles.RequireWhole(file);
        RequirePlain(file);
        NameMap map = (Checkpoint.IsGraftFile(file) ? null : UltralyticsFile.TryRead(file)?.Map) ?? NameMap.Empty;
        LoadOptions options = TrainingRun.BaseWeights;
        RequireSameClasses(network, names, file);
        string[] other = [.. OtherClasses(network, file)];
        if (other.Length > 0)
        {
            NameMap dropped = new();
            foreach (string name in other)
            {
                dropped[name] = NameMap.Drop("the base has another number of classes");
            }

            (map, options) = (dropped.Then(map), options with { MayMiss = [.. options.MayMiss, .. other] });
        }

        return ModelFiles.Load(network, file, asked, map, options);
    }

    /// <summary>Refuses a model with adapters, and a joined one: new adapters are attached to a plain model.</summary>
    private static void RequirePlain(WeightFile file)
    {
        JoinedFile.RequireSingle(file, "is not trained", "Train an adapter on its base, then join again: graft join.");
        if (Checkpoint.IsGraftFile(file) && Checkpoint.ConfigOf(file).Tuning is { Adapters: { Count: > 0 } adapters })
        {
            string kinds = string.Join(", ", adapters.Select(adapter => adapter.Kind).Distinct());
            throw new GraftException(
                Failure.Model, $"{file.Path} holds adapters ({kinds}); a base is a model without adapters.",
                "Give the base that it was adapted from, or merge adapters that merge completely, such as LoRA: graft merge MODEL --completely --out FILE.");
        }
    }

    /// <summary>The options in the form of a base: training keeps a baked vocabulary baked.</summary>
    /// <param name="model">Which network, and its sizes.</param>
    /// <param name="path">The base, or the checkpoint that is resumed; null or absent: the options are returned unchanged.</param>
    internal static ModelOptions WithFormOf(ModelOptions model, string? path)
    {
        if (!File.Exists(path))
        {
            return model;
        }

        using WeightFile file = WeightFile.Open(path);
        return ModelFamilies.WithFormOf(model, file);
    }

    /// <summary>A baked vocabulary has a fixed order: data in another order would permute the classes without an error.</summary>
    private static void RequireSameClasses(DetectionNetwork network, IReadOnlyList<string>? names, WeightFile file)
    {
        if (names is not null && network.HasBakedVocabulary && Checkpoint.IsGraftFile(file) && Checkpoint.VocabularyOf(file).Names is { Count: > 0 } baked
            && !baked.SequenceEqual(names))
        {
            throw new GraftException(
                Failure.Model, $"{file.Path} has {string.Join(", ", baked)} baked in; the data's classes are {string.Join(", ", names)}.",
                "Set the same order with data.classes, or bake the prompts of the data: graft reparam.");
        }
    }

    /// <summary>Entries of the class branches whose shape belongs to another number of classes.</summary>
    private static IEnumerable<string> OtherClasses(DetectionNetwork network, WeightFile file)
    {
        if (network.ClassKeys.Count == 0)
        {
            return [];
        }

        (string Name, IReadOnlyList<long> Shape)[] entries =
        [
            .. network.StateDict().Where(entry => network.ClassKeys.Any(pattern => NameMap.Fits(pattern, entry.Name)))
                .Select(entry => (entry.Name, (IReadOnlyList<long>)entry.Value.Shape)),
        ];
        WeightShapes[] all = [.. WeightShapes.Of(file)];
        WeightShapes shapes = Array.Find(all, one => entries.Any(entry => one.TryGet(entry.Name) is not null)) ?? all[0];
        return entries.Where(entry => shapes.TryGet(entry.Name) is { } found && !found.SequenceEqual(entry.Shape)).Select(entry => entry.Name);
    }
}
