using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Testing;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Tests.Models;

[Trait("Kind", "Parity")]
public class YoloV8WorldNamesTests
{
    [SharedTheory, InlineData("worldv1_tiny", 1), InlineData("worldv2_tiny", 2)]
    public void Names_MapAsTheOriginalsTable_InBothDirections(string folder, int version)
    {
        JsonElement table = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("yolov8_world", folder, "key_map.json"))).RootElement;
        string[] theirs = [.. table.EnumerateObject().Select(entry => entry.Name)];
        string[] ours = [.. table.EnumerateObject().Select(entry => entry.Value.GetString()).OfType<string>()];
        Assert.True(YoloV8WorldNames.Fit(theirs));
        Assert.False(YoloV8WorldNames.Fit(ours));
        Assert.Equal(version, YoloV8WorldNames.VersionOf(theirs));
        Assert.Equal(version, YoloV8WorldNames.VersionOf(ours));
        NameMap there = YoloV8WorldNames.ToOfficial(version), back = YoloV8WorldNames.FromOfficial(version);
        foreach (JsonProperty entry in table.EnumerateObject())
        {
            Assert.True(there.TryApply(entry.Name, out _, out NameTarget found), entry.Name);
            Assert.Equal(entry.Value.GetString(), found.Pattern);
            if (found.Pattern is not { } official)
            {
                Assert.Equal(YoloV8WorldNames.RampOf(version), entry.Name);
                continue;
            }

            Assert.True(back.TryApply(official, out _, out NameTarget again), official);
            Assert.Equal(entry.Name, again.Pattern);
        }

        Assert.True(back.TryApply("backbone.text_model.model.logit_scale", out _, out NameTarget tower));
        Assert.Null(tower.Pattern);
    }

    [SharedTheory]
    [InlineData("worldv1_tiny", 1, DType.Float), InlineData("worldv2_tiny", 2, DType.Float)]
    [InlineData("worldv1_tiny", 1, DType.Double), InlineData("worldv2_tiny", 2, DType.Double)]
    public void ConvertedModel_MatchesBothOriginals(string folder, int version, DType type)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov8_world", folder, "inference.npz"));
        using WeightFile weights = WeightFile.Open(Golden.PathOf("yolov8_world", folder, "fork_state_dict.pth"));
        YoloWorldOptions options = YoloV8WorldNames.OptionsOf(weights);
        Assert.Equal((version, 0.125, 0.33), (options.Version, options.WidenFactor, options.DeepenFactor));
        using YoloWorld model = new(options);
        model.LoadWeights(weights, YoloV8WorldNames.ToOfficial(version)).ThrowUnlessComplete();

        model.To(type);
        Tolerances allowed = new Tolerances().With(6e-5, "raw.*").With(3e-5, "official.cls.*").With(1.2e-4, "official.dist.*").With(3.5e-3, "decoded");
        RawDetections raw = model.Forward(Golden.Of(golden["input"]).To(type), Golden.Of(golden["text"]).To(type));
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"raw.{level}", Tensor.Cat([raw.Distributions[level], raw.Logits[level]], 1), allowed);
            Golden.Close(golden, $"official.cls.{level}", raw.Logits[level], allowed);
            Golden.Close(golden, $"official.dist.{level}", RawDecoding.ExpectMap(raw.Distributions[level]), allowed);
        }

        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Head.Strides);
        Tensor low = boxes.Narrow(2, 0, 2), high = boxes.Narrow(2, 2, 2);
        Golden.Close(golden, "decoded", Tensor.Cat([(low + high) * 0.5, high - low, scores], 2).Transpose(1, 2), allowed);
    }

    [SharedTheory, InlineData("worldv1_tiny", 1), InlineData("worldv2_tiny", 2)]
    public void ConvertedThereAndBack_IsTheSameFile(string folder, int version)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile weights = WeightFile.Open(Golden.PathOf("yolov8_world", folder, "fork_state_dict.pth"));
        using YoloWorld model = new(YoloV8WorldNames.OptionsOf(weights));
        model.LoadWeights(weights, YoloV8WorldNames.ToOfficial(version)).ThrowUnlessComplete();

        Dictionary<string, double[]> written = YoloV8WorldNames.StateDict(model)
            .ToDictionary(entry => entry.Name, entry => entry.Value.ToDoubles());
        Assert.Equal(weights.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal), written.Keys.Order(StringComparer.Ordinal));
        Assert.All(weights.Entries, entry => Assert.Equal(entry.ToDoubles(), written[entry.Name]));
    }
}
