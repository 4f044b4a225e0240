using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Tests.Rewriting;
using Graft.Torch;

namespace Graft.Tests.Runs;

/// <summary>A rewritten model is written, opened again, and gives the same output.</summary>
public class RewriteFilesTests
{
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);
    private static readonly ProofOptions Quick = new() { RandomInputs = 1, RandomSide = 64, CostSide = 64, TimedRuns = 0 };

    [Theory]
    [InlineData("merge")]
    [InlineData("merge fold")]
    [InlineData("bake")]
    [InlineData("bake-head")]
    [InlineData("merge bake fold")]
    [InlineData("merge bake-head fold")]
    public void WrittenAndOpenedAgain_GivesTheSameOutput(string steps)
    {
        using TemporaryFolder folder = new();
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        string before = folder.At("run.safetensors"), after = folder.At("out.safetensors");
        WriteRun(before);
        using TrainedModel model = TrainedModel.Open(before, []);
        using Rewrite rewrite = Rewrite.Of(((YoloWorldDetector)model.Detector).World, model.Vocabulary);
        foreach (string step in steps.Split(' '))
        {
            _ = step switch
            {
                "merge" => rewrite.MergeAdapters(),
                "fold" => rewrite.FoldNorms(),
                "bake" => rewrite.Bake(),
                _ => rewrite.Bake(neck: false),
            };
        }

        using Rewritten result = rewrite.Prove(Quick);
        RewriteFiles.Save(result, model, after);

        using TrainedModel opened = TrainedModel.Open(after, []);
        Assert.Equal(Words.Names, opened.Detector.Names);
        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 96);
        RawDetections again = ((YoloWorldDetector)opened.Detector).Forward(image);
        Assert.InRange(RandomNetworks.Difference(result.Subject.Forward(image), again), 0, 1e-6);
        Assert.InRange(RandomNetworks.Difference(((YoloWorldDetector)model.Detector).Forward(image), again), 0, 1e-3);
    }

    private static void WriteRun(string path)
    {
        RunConfig config = new()
        {
            Model = RandomNetworks.Small,
            Tuning = new TuningOptions
            {
                Adapters =
                [
                    new LoraOptions { Rank = 4, Alpha = 4, At = ["neck.out", "head.reg", "backbone.stage4"] },
                    new RepMonaOptions { Rank = 4, At = ["neck.reduce", "head.cls"] },
                ],
            },
        };
        using IDetector detector = DetectorFactory.Create(config.Model, Words);
        Tuning.Apply(detector, config);
        RandomNetworks.Shake(detector.Network);
        Checkpoint.Write(path, detector, Words, config);
    }
}
