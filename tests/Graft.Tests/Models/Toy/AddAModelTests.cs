using System.Text.RegularExpressions;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Testing;
using Graft.Torch;
using Graft.Torch.Images;
using Graft.Torch.Layers;
using Graft.Torch.Weights;
using Graft.Training;

namespace Graft.Tests.Models.Toy;

/// <summary>docs/add-a-model.md: a detector of four files and one registration trains, predicts, is adapted, merged, saved and loaded.</summary>
public sealed partial class AddAModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AddAModelTests() => ModelFamilies.Register(ToyFamily.Instance);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheToyDetector_TrainsIsMergedAndOpensAgain()
    {
        SyntheticOptions drawn = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(_folder.At("data"), [new("train", 1_000, 4) { Options = drawn }, new("val", 2_000, 2) { Options = drawn }]);
        string yaml = _folder.At("toy.yaml");
        File.WriteAllText(yaml, $"""
            model:
              kind: toy
              channels: 24
            data:
              root: {_folder.At("data")}
            train:
              epochs: 1
              batch: 2
              imgsz: 64
              workers: 1
            tuning:
              freeze: []
              adapters:
                - kind: lora
                  rank: 4
                  at: [body]
            """);
        RunConfig config = ConfigFile.Load<RunConfig>(yaml).Value;

        TrainingResult trained;
        using (TrainingRun run = new(config, new TrainingRequest { WorkDir = _folder.At("run") }))
        {
            trained = run.Run(new Silent(), CancellationToken.None);
        }

        Assert.Equal(2, trained.State.Step);
        using TrainedModel model = TrainedModel.Open(_folder.At("run"), []);
        Assert.Equal(24, Assert.IsType<ToyOptions>(model.Config.Model).Channels);
        Assert.Equal(["hole", "stain"], model.Detector.Names);
        Shake(model.Detector.Network);

        using TensorScope scope = TensorScope.Begin();
        using Rewrite rewrite = Rewrite.Of(model.Detector);
        using Rewritten merged = rewrite.MergeAdapters().Prove(new ProofOptions { CostSide = 64, TimedRuns = 0, RandomInputs = 1 });
        Assert.Empty(merged.Report.Left);
        Assert.True(merged.Report.Exact);

        RewriteFiles.Save(merged, model, _folder.At("merged.safetensors"));
        using TrainedModel opened = TrainedModel.Open(_folder.At("merged.safetensors"), []);
        Assert.Null(opened.Config.Tuning);
        Tensor image = Tensor.Rand(1, 3, 64, 64);
        Assert.Equal(merged.Subject.Forward(image).Logits[0].ToDoubles(), Subject.Of(opened.Detector).Forward(image).Logits[0].ToDoubles());

        using Image val = Image.Load(Directory.EnumerateFiles(_folder.At(Path.Combine("data", "images", "val"))).First());
        Predictor predictor = new(opened.Detector, 64, new PostProcessOptions { ScoreThreshold = 0, MaxPerImage = 5 });
        Assert.Equal(5, predictor.Detect(val).Length);
    }

    [Fact]
    public void AWeightFileAlone_IsRecognisedAsTheToy()
    {
        using ToyNetwork network = new(new ToyOptions { Channels = 12, Nc = 3 });
        string path = _folder.At("toy.safetensors");
        SafeTensorsWriter.Write(path, network.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)));
        using WeightFile file = WeightFile.Open(path);
        Assert.Equal(new ToyOptions { Channels = 12, Nc = 3 }, ModelFamilies.TryRecognise(file));
        Assert.Equal(new ToyOptions { Channels = 9 }, ModelOptions.Parse("toy", "channels=9"));
        Assert.Throws<GraftException>(() => ModelOptions.Parse("toy", "chanels=9"));
    }

    [Fact]
    public void TheCodeInTheGuide_IsTheCodeOfThisFolder()
    {
        string guide = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "add-a-model.md"));
        string folder = Path.Combine(Shared.Checkout, "tests", "Graft.Tests", "Models", "Toy");
        string[] blocks = [.. Blocks().Matches(guide).Select(match => match.Groups["code"].Value)];
        Assert.Equal(4, blocks.Length);
        string[] sources = [.. Directory.EnumerateFiles(folder, "Toy*.cs").Select(path => Plain(File.ReadAllText(path)))];
        Assert.All(blocks, block => Assert.Contains(sources, source => source.Contains(Plain(block), StringComparison.Ordinal)));
        Assert.All(sources, source => Assert.Contains(blocks, block => source.Contains(Plain(block), StringComparison.Ordinal)));
    }

    /// <summary>Changes fresh weights, adapters included, so that the merge is not trivial.</summary>
    private static void Shake(Module network)
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        foreach ((_, Parameter parameter) in network.Parameters())
        {
            parameter.Value.AddInPlace(Tensor.RandN([.. parameter.Value.Shape]) * 0.05);
        }
    }

    /// <summary>Code without doc comments, using lines, empty lines and indentation: what the guide shows.</summary>
    private static string Plain(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim())
        .Where(line => line.Length > 0 && !line.StartsWith("///", StringComparison.Ordinal) && !line.StartsWith("using Graft", StringComparison.Ordinal)
            && !line.StartsWith("using System", StringComparison.Ordinal) && !line.StartsWith("namespace ", StringComparison.Ordinal)));

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    private sealed class Silent : IRunObserver
    {
        public void OnStep(StepReport report)
        {
        }

        public void OnEpoch(EpochReport report)
        {
        }

        public void OnNote(string note)
        {
        }
    }
}
