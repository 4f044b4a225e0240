using System.Text.Json;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Tests.Rewriting;

public class ProofTests
{
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);

    private static readonly ProofOptions Quick = new() { RandomSide = 64, CostSide = 64, TimedRuns = 1 };

    [Fact]
    public void ExactRewrite_IsProvedInBothPrecisionsAndOnBoxes()
    {
        using YoloWorld source = RandomNetworks.World(type: DType.Float);
        using Rewrite rewrite = Rewrite.Of(source, Words);
        using Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 96, 64);

        using Rewritten folded = rewrite.FoldNorms().Prove(Quick, [new ProofImage("board.jpg", image)]);

        Assert.True(folded.Proof.IsExact);
        Assert.InRange(folded.Proof.MaxRelativeDouble!.Value, 0, 1e-11);
        Assert.InRange(folded.Proof.MaxRelative, 1e-9, 1e-4);
        Assert.True(folded.Proof.Boxes is { Before: > 0, Unmatched: 0, MaxPixels: < 0.01 });
        Assert.Equal(6 * 2 * 3, folded.Proof.Outputs.Count);
        Assert.Equal(DType.Float, folded.Network.Parameters().First().Parameter.Value.DType);
        JsonElement json = JsonDocument.Parse(folded.Report.ToJson()).RootElement;
        Assert.True(json.GetProperty("exact").GetBoolean());
        foreach (string field in (string[])["max_abs", "max_rel", "boxes_max_px", "gflops_before", "gflops_after", "ms_before", "ms_after"])
        {
            Assert.Equal(JsonValueKind.Number, json.GetProperty(field).ValueKind);
        }

        Assert.Equal(folded.Log.Folded.Count, json.GetProperty("folded").GetArrayLength());
        Assert.Equal(0, json.GetProperty("left").GetArrayLength());
    }

    [Theory]
    [InlineData("backbone.image_model.stem.conv.weight", 1.001)]
    [InlineData("bbox_head.head_module.cls_contrasts.1.bias", 1.001)]
    [InlineData("bbox_head.head_module.reg_preds.2.2.weight", 1.0000001)]
    public void ModelWithAnotherWeight_IsRefusedWithTheProof(string name, double factor)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld source = RandomNetworks.World(), changed = ModelCopy.Of(source);
        changed.State().Single(entry => entry.Name == name).Parameter.Value.ScaleInPlace(factor);

        Proof proof = Prover.Compare((Subject.Of(source, Words), Subject.Of(changed, Words)), null, Quick);

        MergeRefusedException refused = Assert.Throws<MergeRefusedException>(() => proof.Require());
        Assert.Equal(Failure.Refused, refused.Failure);
        Assert.Same(proof, refused.Proof);
        Assert.Contains("_p", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rounding_ExcusesOnlyWhatTheOriginalDoesToItself()
    {
        Proof rounding = new([new ProofEntry("logits_p3", 1, 1e-3)]) { Boxes = new BoxComparison(9, 9, 0, 0.5, 0) };
        Proof Of(double single, double wide, double pixels) => new(
            [new ProofEntry("logits_p3", 1, single), new ProofEntry("logits_p3", 1, wide) { Precision = DType.Double }])
        {
            Rounding = rounding,
            Boxes = new BoxComparison(9, 9, 0, pixels, 0),
        };
        Assert.True(Of(3.9e-3, 1e-10, 1.9).IsExact);
        Assert.False(Of(4.1e-3, 1e-10, 1.9).IsExact);
        Assert.False(Of(1e-6, 1e-8, 0).IsExact);
        Assert.False(Of(1e-6, 1e-10, 2.1).IsExact);
        Assert.False((Of(3.9e-3, 1e-10, 0) with { Tolerance = new ProofTolerance { RoundingFactor = 0 } }).IsExact);
        Assert.False((Of(1e-6, 1e-10, 0) with { Rounding = null, Boxes = new BoxComparison(9, 9, 0, 0.02, 0) }).IsExact);
    }

    [Fact]
    public void Refusal_NamesTheLargestDifference_ItsLimit_AndHowManyOthersThereAre()
    {
        Proof two = new([new ProofEntry("logits_p3", 1, 1e-3), new ProofEntry("logits_p4", 1, 2e-3)]);
        Assert.Equal(
            "The rewritten model is not the original: logits_p4 differs by 0.002 of its largest value, the limit is 0.0001; 1 other output exceeds its limit too.",
            Assert.Throws<MergeRefusedException>(() => two.Require()).Message);
        Assert.EndsWith(
            "the limit is 0.0001; 2 other outputs exceed their limits too.",
            Assert.Throws<MergeRefusedException>(() => (two with { Outputs = [.. two.Outputs, new ProofEntry("logits_p5", 1, 1e-3)] }).Require()).Message,
            StringComparison.Ordinal);
        Assert.EndsWith("of its largest value, the limit is 0.0001.", Assert.Throws<MergeRefusedException>(() => new Proof([two.Outputs[0]]).Require()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValuesThatAreNotFinite_ProveNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld source = RandomNetworks.World(), copy = ModelCopy.Of(source);
        source.State().First().Parameter.Value.Fill(double.NaN);
        Subject before = Subject.Of(source, Words), after = Subject.Of(copy, Words);
        Assert.Null(Assert.Throws<MergeRefusedException>(() => Prover.Compare((before, after), null, Quick)).Proof);
    }

    [Fact]
    public void Boxes_AreComparedWithTheNearestOfTheirClass()
    {
        Detection one = new(0, 0.9, new Box(0, 0, 10, 10)), moved = new(0, 0.8, new Box(0, 0, 10, 10.5)), other = new(1, 0.9, new Box(0, 0, 10, 10));
        BoxComparison same = BoxComparison.Of([[one, other]], [[other, moved]]);
        Assert.Equal((2, 2, 0, 0.5), (same.Before, same.After, same.Unmatched, same.MaxPixels));
        Assert.Equal(0.1, same.MaxScore, 1e-12);
        Assert.Equal(2, BoxComparison.Of([[one]], [[other]]).Unmatched);
        Assert.Equal(1, BoxComparison.Of([[one, one]], [[one]]).Unmatched);
    }
}
