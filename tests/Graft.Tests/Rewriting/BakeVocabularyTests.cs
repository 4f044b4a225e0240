using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Tests.Models;
using Graft.Torch;

namespace Graft.Tests.Rewriting;

[Trait("Kind", "Parity")]
public class BakeVocabularyTests
{
    private const string A = "a_v2_model", C = "c_reparameterized";
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);
    private static readonly ProofOptions Quick = new() { RandomSide = 64, CostSide = 64, TimedRuns = 0 };

    [SharedFact]
    public void BakedTensors_MatchTheOriginalTool()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld source = YoloWorldTests.Open(A, 2), baked = BakeVocabulary.Of(source, GoldenWords());
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", C, "checkpoint_rep_conv.pth"));
        Dictionary<string, Tensor> state = baked.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        Assert.Equal(golden.Entries.Select(entry => entry.Name).Order(), state.Keys.Order());
        foreach (WeightEntry entry in golden.Entries)
        {
            Golden.Close(golden, entry.Name, state[entry.Name], 1e-5);
        }
    }

    [SharedFact]
    public void BakedMapsAndBoxes_MatchTheOriginal()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", C, "outputs.npz"));
        using YoloWorld source = YoloWorldTests.Open(A, 2), baked = BakeVocabulary.Of(source, GoldenWords());
        Tensor image = Golden.Npy("yoloworld", A, "image.npy");
        RawDetections raw = Subject.Of(baked, null).Forward(image);
        Tolerances allowed = Tolerances.Of(Golden.Manifest("yoloworld", C)), boxed = YoloWorldTests.Allowed(A);
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"conv_cls_logits_p{level + 3}", raw.Logits[level], allowed);
            Golden.Close(golden, $"conv_bbox_dist_p{level + 3}", RawDecoding.ExpectMap(raw.Distributions[level]), allowed);
        }

        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Head.Strides);
        Fitting fitting = Fitting.None((int)image.Size(3), (int)image.Size(2));
        Golden.SameDetections(golden, "conv_det_eval", PostProcess.Run(boxes, scores, [fitting, fitting], new PostProcessOptions()), boxed.Of("decoded_boxes_xyxy"), boxed.Of("scores_sigmoid"));
    }

    [SharedFact]
    public void HeadAlone_MatchesTheOriginalWithItsTextGuidedNeck()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", C, "outputs.npz"));
        using YoloWorld source = YoloWorldTests.Open(A, 2), baked = BakeVocabulary.Of(source, GoldenWords(), neck: false);
        RawDetections raw = Subject.Of(baked, null).Forward(Golden.Npy("yoloworld", A, "image.npy"));
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"headonly_cls_logits_p{level + 3}", raw.Logits[level], Tolerances.Of(Golden.Manifest("yoloworld", C)));
        }
    }

    [SharedFact]
    public void WrittenAsPth_HoldsTheOriginalToolsTensorsAndItsSource()
    {
        using TemporaryFolder folder = new();
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld source = YoloWorldTests.Open(A, 2);
        using Rewrite rewrite = Rewrite.Of(source, GoldenWords());
        using Rewritten baked = rewrite.Bake().Prove(Quick);

        baked.Save(folder.At("rep.pth"), "checkpoint.pth");

        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", C, "checkpoint_rep_conv.pth")), written = WeightFile.Open(folder.At("rep.pth"));
        Assert.Equal("state_dict", written.Origin);
        Assert.Equal(golden.Entries.Select(entry => entry.Name).Order(), written.Entries.Select(entry => entry.Name).Order());
        foreach (WeightEntry entry in written.Entries)
        {
            Golden.Close(golden, entry.Name, Golden.Of(entry), 1e-5);
        }

        Assert.Equal("checkpoint.pth", written.Root!["meta"]!["graft.source"]!.Text);
        Assert.Contains("class 6", written.Root["meta"]!["graft.words"]!.Text, StringComparison.Ordinal);
        Assert.Contains("baked", written.Root["meta"]!["graft.rewrites"]!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void SizeS_With80Classes_Has12633570Parameters()
    {
        using YoloWorld source = new(new YoloWorldOptions());
        using YoloWorld baked = BakeVocabulary.Of(source, Vocabulary.StandIn([.. Enumerable.Range(0, 80).Select(i => $"word {i}")], 512));
        Assert.Equal(12_633_570, baked.ParameterCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BakedAndFolded_MatchesTheTextReadingModel(bool neck)
    {
        using YoloWorld source = RandomNetworks.World(type: DType.Float);
        using Rewrite rewrite = Rewrite.Of(source, Words);
        using Rewritten baked = rewrite.Bake(neck).FoldNorms().Prove(Quick);
        Assert.InRange(baked.Proof.MaxRelativeDouble!.Value, 0, 1e-11);
        Assert.True(baked.Report.GflopsAfter < baked.Report.GflopsBefore);
        Assert.Contains(baked.Log.Notes, note => note.Contains("scratch", StringComparison.Ordinal));
    }

    [Fact]
    public void BakingAfterFolding_GivesTheSameModel()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld source = RandomNetworks.World(), folded = YoloWorldFolding.Of(source);
        using YoloWorld early = YoloWorldFolding.Of(BakeVocabulary.Of(source, Words)), late = BakeVocabulary.Of(folded, Words);
        Tensor image = RandomNetworks.Noise(DType.Double, 1, 3, 64, 64);
        Assert.InRange(RandomNetworks.Difference(early.Forward(image, null), late.Forward(image, null)), 0, 1e-11);
    }

    [Fact]
    public void GatesOfAnotherWidth_AreScaledForTheirOtherRoot()
    {
        using YoloWorld source = RandomNetworks.World(RandomNetworks.Small with { NeckEmbedChannels = [8, 16, 16] }, DType.Float);
        using Rewrite rewrite = Rewrite.Of(source, Words);
        using Rewritten baked = rewrite.Bake().Prove(Quick);
        Assert.InRange(baked.Proof.MaxRelativeDouble!.Value, 0, 1e-11);
    }

    [Fact]
    public void LearnedPrompts_KeepTheirLengthInTheNeck()
    {
        using YoloWorld source = RandomNetworks.World(type: DType.Float);
        using (TensorScope scope = TensorScope.Begin())
        {
            source.LearnPrompts(RandomNetworks.Noise(DType.Float, 5, 24));
        }

        using Rewrite rewrite = Rewrite.Of(source, Words with { Embeddings = null });
        using Rewritten baked = rewrite.Bake().Prove(Quick);
        Assert.InRange(baked.Proof.MaxRelativeDouble!.Value, 0, 1e-11);
        Assert.Null(((YoloWorld)baked.Network).Prompts);
    }

    [Fact]
    public void LongEmbeddings_AreNormalisedWithANote()
    {
        using YoloWorld source = RandomNetworks.World();
        RewriteLog log = new();
        using YoloWorld right = BakeVocabulary.Of(source, Words), longer = BakeVocabulary.Of(source, Scaled(Words, 1.7f), log: log);
        Assert.Contains(log.Notes, note => note.Contains("5 of 5", StringComparison.Ordinal) && note.Contains("1.7", StringComparison.Ordinal));
        foreach (((string name, Tensor expected), (_, Tensor found)) in right.StateDict().Zip(longer.StateDict()))
        {
            double worst = expected.ToDoubles().Zip(found.ToDoubles(), (a, b) => Math.Abs(a - b)).Max();
            Assert.True(worst < 1e-6, $"{name} differs by {worst:g3}.");
        }
    }

    [Fact]
    public void Version1_IsRefusedWithTheReason()
    {
        using YoloWorld source = RandomNetworks.World(RandomNetworks.Small with { Version = 1 });
        MergeRefusedException refused = Assert.Throws<MergeRefusedException>(() => BakeVocabulary.Of(source, Words));
        Assert.Contains("length one", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BakedTwice_IsRefused()
    {
        using YoloWorld source = RandomNetworks.World(), baked = BakeVocabulary.Of(source, Words);
        Assert.Contains("source", Assert.Throws<MergeRefusedException>(() => BakeVocabulary.Of(baked, Words)).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void UnusableEmbeddings_AreRefusedByName()
    {
        using YoloWorld source = RandomNetworks.World();
        Assert.Contains("no embeddings", Refusal(source, Words with { Embeddings = null }), StringComparison.Ordinal);
        Assert.Contains("width 24", Refusal(source, Vocabulary.StandIn(Words.Names, 32)), StringComparison.Ordinal);
        Assert.Contains("twice", Refusal(source, Words with { Names = ["dent", "hole", "crack", "Dent ", "stain"] }), StringComparison.Ordinal);
        Assert.Contains("'stain'", Refusal(source, Changed(2, float.NaN)), StringComparison.Ordinal);
        Assert.Contains("all zero", Refusal(source, Changed(1, 0)), StringComparison.Ordinal);
        float[] twins = [.. Words.Embeddings!];
        twins.AsSpan(0, 24).CopyTo(twins.AsSpan(96));
        Assert.Contains("'scratch' and 'hole'", Refusal(source, Words with { Embeddings = twins }), StringComparison.Ordinal);
    }

    private static string Refusal(YoloWorld source, Vocabulary words)
    {
        GraftException error = Assert.Throws<GraftException>(() => BakeVocabulary.Of(source, words));
        Assert.Equal(Failure.Data, error.Failure);
        return error.Message;
    }

    private static Vocabulary Changed(int row, float value)
    {
        float[] rows = [.. Words.Embeddings!];
        rows.AsSpan(row * 24, 24).Fill(value);
        return Words with { Embeddings = rows };
    }

    private static Vocabulary Scaled(Vocabulary words, float factor) => words with { Embeddings = [.. words.Embeddings!.Select(value => value * factor)] };

    private static Vocabulary GoldenWords()
    {
        using WeightFile file = WeightFile.Open(Golden.PathOf("yoloworld", C, "text_embeddings_2d.npy"));
        return new([.. Enumerable.Range(0, (int)file.Single.Shape[0]).Select(i => $"class {i}")], file.Single.ToSingles(), "golden");
    }
}
