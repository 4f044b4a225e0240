using Graft.Adapters;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

/// <summary>Base and branches as one detector: what they have in common runs once, and each answers as it does alone.</summary>
public class JoinedDetectorTests
{
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);
    private static readonly Vocabulary Others = Vocabulary.StandIn(["spur", "short"], 24);
    private static readonly YoloV10Options Ten = new() { Depth = 0.33, Width = 0.125, Nc = 3 };
    private static readonly ProofOptions Quick = new() { RandomSide = 64, Boxes = new() };

    [Theory]
    [InlineData("lora rank=4", "neck", 2)]
    [InlineData("lora rank=4", "head.cls", 1)]
    [InlineData("bottleneck reduction_ratio=2", "backbone.stage2", 2)]
    [InlineData("hierarchical", "neck", 2)]
    [InlineData("rep_mona rank=4", "neck", 2)]
    [InlineData("true_mona hidden_dim=8", "backbone.stage4", 1)]
    [InlineData("moe_rep_mona_v2 rank=4 top_k=1", "neck.bottom_up", 2)]
    public void EveryMember_AnswersAsItDoesAlone(string kind, string site, int version)
    {
        YoloWorldOptions options = RandomNetworks.Small with { Version = version };
        IDetector Open(int member) => member switch
        {
            0 => World(options, Words),
            1 => World(options, Others, kind, site),
            _ => World(options, Words, kind, "head.reg"),
        };
        using JoinedDetector joined = Joined(3, Open);

        Proof proof = JoinProver.Compare(joined, Open, Quick);
        Assert.True(proof.IsExact, string.Join('\n', proof.Objections));
        Assert.Equal(0, proof.MaxAbsolute);
        Assert.True(proof.Boxes!.Before > 30);
        Assert.Equal(0, proof.Boxes.MaxScore);
        IReadOnlyList<double> added = joined.Joined.AddedGflops(64);
        IReadOnlyList<ModelCost> alone = ModelCost.Of(64, 0, joined.Joined.Members);
        Assert.Equal(alone[0].Gflops, added[0]);
        Assert.InRange(added[1], 0, 0.99 * alone[1].Gflops);
        Assert.Equal(added.Sum(), ModelCost.Of(64, 0, Subject.Of(joined.Joined))[0].Gflops, 1e-12);
    }

    [Fact]
    public void SizeN_WithAdaptersInTheNeck_SharesItsBackbone()
    {
        YoloWorldOptions options = new() { WidenFactor = 0.25 };
        Vocabulary words = Vocabulary.StandIn(["scratch", "dent"], 512), others = Vocabulary.StandIn(["spur", "short", "open"], 512);
        IDetector Open(int member) => World(options, member == 0 ? words : others, member == 0 ? null : "rep_mona rank=16", "neck");
        using JoinedDetector joined = Joined(2, Open);
        Proof proof = JoinProver.Compare(joined, Open, Quick with { RandomInputs = 1, RandomSide = 128 });
        Assert.True(proof.IsExact, string.Join('\n', proof.Objections));

        using TensorScope scope = TensorScope.Begin();
        using OperationRecorder recorder = new();
        joined.Joined.PredictEach(Tensor.Rand(1, 3, 64, 64));
        Assert.DoesNotContain(
            recorder.Operations, operation => operation.Name == "aten::conv2d" && operation.Module.StartsWith("branches.0.backbone.image_model", StringComparison.Ordinal));
        Assert.InRange(joined.Joined.AddedGflops(64)[1] / ModelCost.Of(64, 0, joined.Joined.Members[1])[0].Gflops, 0.2, 0.7);
    }

    [Fact]
    public void TheProof_FindsAnotherModel()
    {
        using JoinedDetector joined = Joined(2, member => World(RandomNetworks.Small, Words, member == 0 ? null : "lora rank=4"));
        Proof proof = JoinProver.Compare(joined, _ => World(RandomNetworks.Small, Words), Quick);
        Assert.False(proof.IsExact);
        Assert.Contains("branch 1: ", Assert.Throws<MergeRefusedException>(() => proof.Require()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void YoloV10_IsJoinedWithBothHeads(bool oneToMany)
    {
        ProofOptions options = Quick with { Boxes = new PostProcessOptions { OneToMany = oneToMany } };
        using JoinedDetector joined = Joined(2, Open);
        Proof proof = JoinProver.Compare(joined, Open, options);
        Assert.True(proof.IsExact, string.Join('\n', proof.Objections));
        Assert.True(proof.Boxes!.Before > 30);
        Assert.InRange(joined.Joined.AddedGflops(64)[1], 0, 0.7 * ModelCost.Of(64, 0, joined.Joined.Members[1])[0].Gflops);

        static IDetector Open(int member) => Adapted(new YoloV10Detector(new(Ten), ["a", "b", "c"]), Ten, member == 0 ? null : "rep_mona rank=4", "layer.13");
    }

    [Fact]
    public void OfABranchWithAdaptersInTheHead_OnlyItsBoxBranchesAndWhatReadsTextRun()
    {
        using JoinedDetector joined = Joined(2, member => World(RandomNetworks.Small, Words, member == 0 ? null : "lora rank=4", "head.reg"));
        using TensorScope scope = TensorScope.Begin();
        using OperationRecorder recorder = new();
        joined.Joined.PredictEach(Tensor.Rand(1, 3, 64, 64));
        string[] branch = [.. recorder.Operations.Where(operation => operation.Name == "aten::conv2d" && operation.Module.StartsWith("branches.0.", StringComparison.Ordinal))
            .Select(operation => operation.Module["branches.0.".Length..])];
        Assert.NotEmpty(branch);
        Assert.All(branch, path => Assert.True(
            path.EndsWith("attn_block", StringComparison.Ordinal) || path.Contains("cls_contrasts", StringComparison.Ordinal) || path.StartsWith("bbox_head.head_module.reg_", StringComparison.Ordinal), path));
        Assert.Equal(Stem(0), Stem(1));
        joined.Network.To(MemoryFormat.Contiguous);
        joined.Network.To(MemoryFormat.ChannelsLast);
        Assert.NotEqual(Stem(0), Stem(1));
        Assert.NotEmpty(joined.Detect(Tensor.Rand(1, 3, 64, 64), [Fitting.None(64, 64)], new())[0]);

        long Stem(int member) => joined.Joined.Members[member].Network.Find("backbone.image_model.stem.conv")!.Own[0].Value.Address;
    }

    [Fact]
    public void ThresholdsAndLimits_ApplyToEachMemberByItself()
    {
        IDetector Open(int member) => World(RandomNetworks.Small, member == 0 ? Words : Others, member == 0 ? null : "lora rank=4");
        using JoinedDetector joined = Joined(2, Open);
        using IDetector plain = Open(0), adapted = Open(1);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor images = Tensor.Rand(2, 3, 64, 96);
        Fitting[] fittings = [Fitting.None(96, 64), new(48, 32, 2, 2)];
        PostProcessOptions options = new() { MaxPerImage = 7, IouThreshold = 0.5, ClassAgnostic = true };
        Detection[][] all = joined.Detect(images, fittings, options), own = plain.Detect(images, fittings, options), other = adapted.Detect(images, fittings, options);
        for (int image = 0; image < 2; image++)
        {
            Assert.Equal(14, all[image].Length);
            Assert.Equal(own[image], all[image].Where(one => one.Label < 5));
            Assert.Equal(other[image], all[image].Where(one => one.Label >= 5).Select(one => one with { Label = one.Label - 5 }));
            Assert.Equal(all[image].OrderByDescending(one => one.Score), all[image]);
        }
    }

    [Fact]
    public void AsOneNetwork_ItHasTheLevelsOfAllMembers_AndGivesTheSameBoxes()
    {
        using JoinedDetector joined = Joined(2, member => World(RandomNetworks.Small, member == 0 ? Words : Others, member == 0 ? null : "lora rank=4"));
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor image = Tensor.Rand(1, 3, 64, 64);
        RawDetections raw = joined.Network.Predict(image, null);
        Assert.Equal([8, 16, 32, 8, 16, 32], joined.Network.Strides);
        Assert.All(raw.Logits, map => Assert.Equal(7, map.Size(1)));
        PostProcessOptions unlimited = new() { MaxPerImage = 100_000 };
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, joined.Network.Strides);
        Detection[] expected = joined.Detect(image, [Fitting.None(64, 64)], unlimited)[0], found = PostProcess.Run(boxes, scores, [Fitting.None(64, 64)], unlimited)[0];
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Length, found.Length);

        // Decoded together or member by member, a value may be the last one of a vector or not, and some processors round the two differently.
        List<Detection> left = [.. found];
        Assert.All(expected, one =>
        {
            int at = left.FindIndex(other => other.Label == one.Label && Math.Abs(other.Score - one.Score) <= 1e-5 && Distance(one.Box, other.Box) <= 1e-3);
            Assert.True(at >= 0, $"{one} is not found");
            left.RemoveAt(at);
        });

        static double Distance(Box one, Box other)
            => new[] { one.X1 - other.X1, one.Y1 - other.Y1, one.X2 - other.X2, one.Y2 - other.Y2 }.Max(Math.Abs);
    }

    [Fact]
    public void MembersThatAreNotAsked_DoNotRun()
    {
        IDetector Open(int member) => World(RandomNetworks.Small, member == 0 ? Words : Others, member == 0 ? null : "lora rank=4");
        using JoinedDetector joined = Joined(2, Open, ["hole", "dent"]);
        using IDetector plain = Open(0);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor image = Tensor.Rand(1, 3, 64, 64);
        using OperationRecorder recorder = new();
        Detection[] found = joined.Detect(image, [Fitting.None(64, 64)], new())[0];
        Assert.DoesNotContain(recorder.Operations, operation => operation.Module.StartsWith("branches.", StringComparison.Ordinal));
        Assert.Equal(
            plain.Detect(image, [Fitting.None(64, 64)], new())[0].Where(one => one.Label is 4 or 1).Select(one => one with { Label = one.Label == 4 ? 0 : 1 }), found);
    }

    [Fact]
    public void WhatAJoinedModelCannotDo_IsRefused()
    {
        using JoinedDetector joined = Joined(2, member => World(RandomNetworks.Small, member == 0 ? Words : Others, member == 0 ? null : "lora rank=4"));
        Assert.Equal(Failure.Refused, Assert.Throws<GraftException>(() => Rewrite.Of(joined)).Failure);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => joined.ComputeLoss(default(StageMaps), null!)).Failure);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => joined.DetectWithLoss(null!, [], new(), null!)).Failure);

        using IDetector world = World(RandomNetworks.Small, Words), ten = new YoloV10Detector(new(Ten), ["a", "b", "c"]);
        JoinedMember first = new("base", world, Words.Names);
        Assert.Contains("of different families", Assert.Throws<GraftException>(() => new JoinedDetector([first, new("ten", ten, ten.Names)])).Message, StringComparison.Ordinal);
        Assert.Contains("has the class 'holes'", Assert.Throws<GraftException>(() => new JoinedDetector([first], ["holes"])).Message, StringComparison.Ordinal);
    }

    private static JoinedDetector Joined(int count, Func<int, IDetector> open, IReadOnlyList<string>? names = null)
    {
        IDetector[] detectors = [.. Enumerable.Range(0, count).Select(open)];
        return new([.. detectors.Select((detector, i) => new JoinedMember(
            i == 0 ? "base" : $"branch {i}", detector, [.. detector.Names.Select(name => i == 0 || names is not null ? name : $"{i}/{name}")]))], names);
    }

    private static IDetector World(YoloWorldOptions options, Vocabulary words, string? kind = null, string site = "neck")
        => Adapted(new YoloWorldDetector(new(options), words), options, kind, site);

    /// <summary>The same random base in every call, with random adapters.</summary>
    private static IDetector Adapted(IDetector detector, ModelOptions model, string? kind, string site)
    {
        TorchRuntime.Seed(7);
        RandomNetworks.Shake(detector.Network);
        detector.Network.To(MemoryFormat.ChannelsLast);
        if (kind?.Split(' ') is { } parts)
        {
            AdapterOptions options = AdapterOptions.Parse(parts[0], parts[1..]) with { At = [site] };
            foreach (PlannedAdapter planned in Tuning.Apply(detector, new RunConfig { Model = model, Tuning = new() { Adapters = [options] } })!.Adapters)
            {
                RandomNetworks.Shake(planned.Adapter);
            }

            detector.Network.To(MemoryFormat.ChannelsLast);
        }

        detector.Network.Train(false);
        detector.Network.Freeze();
        return detector;
    }
}
