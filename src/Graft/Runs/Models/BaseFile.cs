using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>Starting weights: from a file of ours, an official one, or one of the Ultralytics family.</summary>
internal static class BaseFile
{
    /// <summary>Fills a network. Everything must fit, but for the class branches of a YOLOv10 with another number of classes.</summary>
    /// <exception cref="GraftException">The file cannot be read or does not fit; the message holds the report.</exception>
    internal static LoadReport Load(Module network, string path, IReadOnlyList<string>? names = null)
    {
        using WeightFile file = WeightFile.Open(path);
        ModelFiles.RequireWhole(file);
        NameMap map = (Checkpoint.IsOurs(file) ? null : UltralyticsFile.TryRead(file)?.Map) ?? NameMap.Empty;
        LoadOptions options = TrainingRun.BaseWeights;
        RequireSameWords(network, names, file);
        if (network is YoloV10)
        {
            string[] other = [.. OtherClasses(network, file)];
            NameMap dropped = new();
            foreach (string name in other)
            {
                dropped[name] = NameMap.Drop("the base has another number of classes");
            }

            (map, options) = (dropped.Then(map), options with { MayMiss = [.. options.MayMiss, .. other] });
        }

        ModelOptions? asked = network switch
        {
            YoloWorld world => world.Options,
            YoloV10 ten => ten.Options,
            _ => null,
        };
        return asked is null ? network.LoadWeights(file, map, options).ThrowUnlessComplete() : ModelFiles.Load(network, file, asked, map, options);
    }

    /// <summary>Baked words have an order: a base that was baked with others would have its classes permuted in silence.</summary>
    private static void RequireSameWords(Module network, IReadOnlyList<string>? names, WeightFile file)
    {
        if (names is not null && network is YoloWorld { Options.BakedHead: > 0 } && Checkpoint.IsOurs(file) && Checkpoint.VocabularyOf(file).Names is { Count: > 0 } baked
            && !baked.SequenceEqual(names))
        {
            throw new GraftException(
                Failure.Model, $"{file.Path} has {string.Join(", ", baked)} baked in; the data's classes are {string.Join(", ", names)}.",
                "Order them alike with data.classes, or bake the data's words: graft reparam.");
        }
    }

    /// <summary>Entries of the class branches whose shape follows another number of classes.</summary>
    private static IEnumerable<string> OtherClasses(Module network, WeightFile file)
    {
        WeightShapes[] all = [.. WeightShapes.Of(file)];
        WeightShapes shapes = Array.Find(all, one => YoloV10Layout.Fits(one.Names)) ?? all[0];
        return network.StateDict()
            .Where(entry => NameMap.Fits("model.23.*cv3.*", entry.Name)
                && shapes.TryGet(entry.Name) is { } found && !found.SequenceEqual(entry.Value.Shape))
            .Select(entry => entry.Name);
    }
}
