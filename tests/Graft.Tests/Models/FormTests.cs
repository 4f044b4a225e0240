using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Testing;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Tests.Models;

/// <summary>Folded, baked and composed networks: the weights determine the form, and configurations that name it still load.</summary>
public sealed class FormTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model: {kind: yolo_world, widen_factor: 0.25, baked_head: 2, baked_neck: 2, folded: true, composed_head: true}")]
    [InlineData("model: {kind: yolov10, scale: s, folded: true, one_to_many: false}")]
    public void ConfigurationsThatNamedTheForm_StillLoad_AndDoNotCarryIt(string yaml)
    {
        Config<RunConfig> config = ConfigFile.Parse<RunConfig>(yaml, "args.yaml");
        Assert.All(config.Ignored, note => Assert.StartsWith("args.yaml:1: model.", note, StringComparison.Ordinal));
        Assert.Equal(yaml.Count(letter => letter == ':') - 3, config.Ignored.Count);      // all but model, kind and the size
        string written = ConfigWriter.ToYaml(config.Value).Split("\ndata:")[0];
        string[] keys = ["folded", "baked_head", "baked_neck", "composed_head", "one_to_many"];
        Assert.Contains("kind:", written, StringComparison.Ordinal);
        Assert.All(keys, key => Assert.DoesNotContain(key, written, StringComparison.Ordinal));
    }

    [Fact]
    public void AFormThatAConfigurationNames_IsReportedAsIgnored_UnlessItIsThePlainOne()
    {
        Assert.Equal(
            "own.yaml:2: model.baked_head is 6; it is ignored: the weights tell what is baked in.",
            Assert.Single(ConfigFile.Parse<RunConfig>("model:\n  baked_head: 6\n  baked_neck: 0\n  folded: False\n  kind: yolo_world\n", "own.yaml").Ignored));
        Assert.Empty(ConfigFile.Parse<RunConfig>("model: {kind: yolov10, one_to_many: true, folded: false}", "own.yaml").Ignored);
    }

    [Theory]
    [InlineData(false, 0, 0, false)]
    [InlineData(true, 0, 0, false)]
    [InlineData(false, 3, 3, false)]
    [InlineData(true, 3, 3, false)]
    [InlineData(true, 3, 3, true)]
    public void TensorsOfAYoloWorld_TellItsForm(bool folded, int head, int neck, bool composed)
    {
        YoloWorldOptions options = RandomNetworks.Small with { Form = new YoloWorldForm(folded, composed, head, neck) };
        using WeightFile file = Write(options.CreateNetwork(), "world.safetensors");
        Assert.Equal(options, ModelFamilies.WithFormOf(RandomNetworks.Small, file));
        Assert.Equal(new YoloV10Options(), ModelFamilies.WithFormOf(new YoloV10Options(), file));
    }

    [Fact]
    public void ABakedFoldedFile_WhoseConfigurationNamesItsForm_Opens()
    {
        Vocabulary words = Vocabulary.StandIn(["scratch", "dent"], RandomNetworks.Small.TextDim);
        using YoloWorld source = RandomNetworks.World(type: DType.Float);
        using Rewrite rewrite = Rewrite.Of(source, words);
        using Rewritten baked = rewrite.Bake().FoldNorms().Prove(new ProofOptions { CostSide = 64, TimedRuns = 0, RandomInputs = 1 });
        Dictionary<string, string> metadata = Checkpoint.Metadata(new RunConfig { Model = RandomNetworks.Small.WithClasses(2) }, words with { Embeddings = null });
        string key = metadata.Single(entry => entry.Value.Contains("widen_factor", StringComparison.Ordinal)).Key;
        metadata[key] = metadata[key].Replace("  widen_factor", "  folded: true\n  composed_head: true\n  baked_head: 2\n  baked_neck: 2\n  widen_factor", StringComparison.Ordinal);
        string path = _folder.At("old.safetensors");
        SafeTensorsWriter.Write(path, baked.Network.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)), metadata);
        using TrainedModel opened = TrainedModel.Open(path, []);
        Assert.True(opened.Config.Model.HasBakedVocabulary);
        using TensorScope scope = TensorScope.Begin();
        Tensor image = Tensor.Rand(1, 3, 64, 64);
        Assert.InRange(RandomNetworks.Difference(baked.Subject.Forward(image), Subject.Of(opened.Detector).Forward(image)), 0, 1e-5);
    }

    [Fact]
    public void FoldedNetworks_AreBuiltWithoutNormalisations()
    {
        using DetectionNetwork world = (RandomNetworks.Small with { Form = new YoloWorldForm(Folded: true) }).CreateNetwork();
        using DetectionNetwork ten = (new YoloV10Options { Nc = 2 } with { Form = new YoloV10Form(Folded: true) }).CreateNetwork();
        Assert.All(world.State().Concat(ten.State()), entry => Assert.DoesNotContain(".bn.", entry.Name, StringComparison.Ordinal));
    }

    private WeightFile Write(DetectionNetwork network, string name)
    {
        using (network)
        {
            string path = _folder.At(name);
            SafeTensorsWriter.Write(path, network.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)));
            return WeightFile.Open(path);
        }
    }
}
