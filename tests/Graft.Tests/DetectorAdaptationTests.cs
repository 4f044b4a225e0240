using Graft.Adapters;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Runs;
using Graft.Tests.Rewriting;

namespace Graft.Tests;

/// <summary>Adaptation without settings, on a base of each family.</summary>
public sealed class DetectorAdaptationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("yolo_world", 10)]
    [InlineData("yolov10", 6)]
    public void AdaptersGoWhereTheNetworkOfTheBaseSays(string kind, int places)
    {
        string path = _folder.At("base.safetensors");
        ModelOptions network = kind == "yolov10" ? new YoloV10Options { Nc = 2 } : RandomNetworks.Small;
        Vocabulary words = Vocabulary.StandIn(["scratch", "dent"], RandomNetworks.Small.TextDim);
        using (IDetector fresh = DetectorFactory.Create(network, words))
        {
            Checkpoint.Write(path, fresh, words, new RunConfig { Model = network });
        }

        using TrainedModel model = TrainedModel.Open(path, []);
        RunConfig config = DetectorAdaptation.ConfigOf(model, "data", new AdaptOptions());
        using IDetector detector = DetectorFactory.Create(config.Model, model.Vocabulary);
        AttachedAdapters attached = Tuning.Apply(detector, config)!;
        Assert.Equal(places, attached.Adapters.Count);
    }
}
