using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Graft.Data;
using Graft.Detectors;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;
using Graft.Training;

namespace Graft.Runs;

/// <summary>What the frozen stages of a run's network give, kept as its settings say.</summary>
internal static class RunFeatures
{
    private const double Gigabyte = 1 << 30;

    /// <summary>Opens the store of a run and gives it to the trainer; null where nothing is kept.</summary>
    /// <param name="trainer">Has the weights of the run, of a resumed one too.</param>
    /// <param name="detector">The detector that is trained.</param>
    /// <param name="data">The training images.</param>
    /// <param name="train">The settings.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="note">Is told what is kept, and what is damaged or full.</param>
    /// <param name="rank">Number of this process among those that train together; each has a file of its own.</param>
    /// <exception cref="GraftException">Of kind Usage: no stage is frozen; of kind Runtime: the file cannot be created.</exception>
    internal static IFeatureStore? Open(Trainer trainer, IDetector detector, DetectionDataset data, TrainOptions train, RunFolder folder, Action<string> note, int rank = 0)
    {
        if (train.FeatureCache == FeatureCache.Off)
        {
            return null;
        }

        NetworkStage[] stages = [.. detector.Network.Stages.Take(FrozenFeatures.StagesOf(detector))];
        long limit = (long)(train.FeatureCacheGb * Gigabyte);
        string where = "memory";
        IFeatureStore store;
        if (train.FeatureCache == FeatureCache.Memory)
        {
            store = new FeatureMemory(limit, note);
        }
        else
        {
            string key = Key(stages, detector, data, train);
            where = Path.Combine(train.FeatureCacheDir ?? folder.Features, $"{key[..16]}{(rank == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".rank{rank}"))}.features");
            store = FeatureFile.Open(where, key, limit, Attributes(data), note);
        }

        try
        {
            double size = trainer.Keep(store) * (double)data.Images.Count * train.Views / Gigabyte;
            note(string.Create(
                CultureInfo.InvariantCulture,
                $"What the {stages[^1].Name} gives is kept in {where}: {Counted.Of(train.Views, "view")} of {Counted.Of(data.Images.Count, "image")}, {size:0.##} GB, and as much for the last epochs."));
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Deletes what a finished run kept in its folder.</summary>
    internal static void Delete(RunFolder folder)
    {
        if (Directory.Exists(folder.Features))
        {
            Directory.Delete(folder.Features, recursive: true);
        }
    }

    /// <summary>64 hexadecimal digits over all that the features depend on.</summary>
    private static string Key(IReadOnlyList<NetworkStage> stages, IDetector detector, DetectionDataset data, TrainOptions train)
    {
        using TensorScope scope = TensorScope.Begin();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add($"{Provenance.Revision()} {TorchRuntime.Versions} {TorchRuntime.Threads} {train.Imgsz} {train.Seed} {train.FeatureCacheType} {train.Amp} {train.DeployFrozen}");
        Add($"{data.Reading} {SplitRecord.Of(data).Annotations}");
        foreach (System.Reflection.PropertyInfo option in typeof(AugmentOptions).GetProperties().Where(option => option.CanWrite))
        {
            Add($"{option.Name} {option.GetValue(train)}");
        }

        foreach (DetectionImage image in data.Images)
        {
            Add($"{FileHash.OrNull(image.Path)}");
            foreach (LabelledBox one in image.Objects)
            {
                Add($"{string.Join(',', one.Attributes ?? new Dictionary<string, string>())}");
            }
        }

        foreach (NetworkStage stage in stages)
        {
            Add($"{stage.Name} {StateHash.Of(State(stage), StateHashHeading.NameTypeShape)}");
        }

        if (detector.Text is { } text && stages.Any(stage => stage.ReadsText))
        {
            Add($"{StateHash.Of([WeightData.From("text", text)], StateHashHeading.NameTypeShape)}");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(FormattableString line) => hash.AppendData(Encoding.UTF8.GetBytes(line.ToString(CultureInfo.InvariantCulture) + "\n"));
    }

    /// <summary>The weights of a stage, with those of adapters that are attached to it.</summary>
    private static IEnumerable<WeightData> State(NetworkStage stage) => stage.Modules.SelectMany((module, number) => module.Modules()
        .SelectMany(found => Own(found.Module, $"{number}.{found.Path}").Concat(found.Module.Follower is { } follower
            ? follower.Modules().SelectMany(below => Own(below.Module, $"{number}.{found.Path}+{below.Path}")) : [])));

    private static IEnumerable<WeightData> Own(Module module, string path)
        => module.Own.Select(parameter => WeightData.From($"{path}.{parameter.Name}", parameter.Value));

    /// <summary>Every attribute object of the boxes, in the order of the data.</summary>
    private static IReadOnlyDictionary<string, string>[] Attributes(DetectionDataset data)
        => [.. data.Images.SelectMany(image => image.Objects).Select(one => one.Attributes).OfType<IReadOnlyDictionary<string, string>>().Distinct()];
}
