using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Models;

/// <summary>Learned prompts inside the network, and prompts sampled per image.</summary>
public class LearnedPromptsTests
{
    private const int Width = 24;
    private static readonly YoloWorldOptions Tiny = new() { WidenFactor = 0.125, DeepenFactor = 0.33, LastStageOutChannels = 512, TextDim = Width, NumClasses = 3 };
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain"], Width);
    private static readonly Targets Boxes = new(2, [new(0, 1, 4, 4, 40, 40), new(1, 0, 10, 8, 50, 60), new(1, 2, 2, 20, 30, 50)]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BeforeTraining_LearnedPromptsMatchTheFixedOnes(bool mlp)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorldDetector detector = Detector();
        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 64);
        RawDetections before = detector.Forward(image);
        Learn(detector, mlp);
        Assert.InRange(RandomNetworks.Difference(before, detector.Forward(image)), 0, 1e-4);
        Assert.Equal(3 * Width, detector.World.Prompts!.Value.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnlyThePromptsOfAFrozenNetwork_HaveGradients(bool mlp)
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorldDetector detector = Detector();
        detector.Network.Freeze();
        Learn(detector, mlp);
        detector.ComputeLoss(RandomNetworks.Noise(DType.Float, 2, 3, 64, 64), Boxes).Total.Backward();
        string[] moved = [.. detector.Network.Parameters().Where(entry => entry.Parameter.Value.Grad is not null).Select(entry => entry.Name)];
        Assert.Equal(mlp ? ["embeddings", "adapter.0.weight", "adapter.0.bias", "adapter.2.weight", "adapter.2.bias"] : ["embeddings"], moved);
        Assert.NotEqual(0, detector.World.Prompts!.Value.Grad!.Abs().Max().ToDouble());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LearnedPrompts_AreReadAndBakedUnchanged(bool mlp)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorldDetector detector = Detector();
        Learn(detector, mlp);
        foreach ((string name, Parameter parameter) in detector.World.Parameters().Where(entry => entry.Name == "embeddings" || entry.Name.StartsWith("adapter.", StringComparison.Ordinal)))
        {
            parameter.Value.CopyFrom(parameter.Value + (Tensor.RandN([.. parameter.Value.Shape]) * 0.2));
        }

        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 64);
        RawDetections expected = detector.Forward(image);
        Vocabulary learned = detector.LearnedVocabulary();
        for (int row = 0; row < 3; row++)
        {
            Assert.Equal(1, learned.Embeddings!.Skip(row * Width).Take(Width).Sum(value => (double)value * value), 1e-5);
        }

        using YoloWorld plain = new(Tiny);
        foreach ((string name, Tensor value) in detector.World.StateDict().Where(entry => plain.State().Any(own => own.Name == entry.Name)))
        {
            plain.State().Single(own => own.Name == name).Parameter.Value.CopyFrom(value);
        }

        plain.Train(false);
        Assert.InRange(RandomNetworks.Difference(expected, plain.Forward(image, Tensor.From(learned.Embeddings!, 1, 3, Width))), 0, 1e-3);
        using Rewrite rewrite = Rewrite.Of(detector);
        using Rewritten baked = rewrite.Bake().Prove(new ProofOptions { RandomInputs = 1, RandomSide = 64, CostSide = 64, TimedRuns = 0 });
        Assert.InRange(RandomNetworks.Difference(expected, baked.Subject.Forward(image)), 0, 1e-3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ImagesWithAllPrompts_HaveTheLossOfTheWholeVocabulary(int version)
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorldDetector detector = Detector(version);
        Tensor images = RandomNetworks.Noise(DType.Float, 2, 3, 64, 64);
        double whole = detector.ComputeLoss(images, Boxes).Total.ToDouble();
        detector.PromptBank = new PromptBank(new PromptSampler([[0], [1], [2]], [], 0), null, [], Width);
        Assert.Equal(whole, detector.ComputeLoss(images, Boxes).Total.ToDouble(), whole * 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Padding_ChangesNothing(int version)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorldDetector detector = Detector(version);
        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 64), text = detector.Text!;
        RawDetections plain = detector.World.Forward(image, text);
        Tensor padded = Tensor.Cat([text, text.Narrow(1, 0, 1), text.Narrow(1, 0, 1)], 1);
        RawDetections masked = detector.World.Forward(image, padded, Tensor.From(new[] { 1f, 1, 1, 0, 0 }, 1, 5).Above(0.5));
        for (int level = 0; level < 3; level++)
        {
            Assert.InRange((masked.Logits[level].Narrow(1, 0, 3) - plain.Logits[level]).Abs().Max().ToDouble(), 0, 1e-5);
            Assert.InRange((masked.Distributions[level] - plain.Distributions[level]).Abs().Max().ToDouble(), 0, 1e-5);
            Assert.Equal(-1e7, masked.Logits[level].Narrow(1, 3, 2).Max().ToDouble());
        }
    }

    [Fact]
    public void SampledPrompts_GetGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorldDetector detector = Detector();
        detector.Network.Freeze();
        Learn(detector, mlp: false);
        detector.PromptBank = new PromptBank(new PromptSampler([[0], [1], [2]], [3, 4], 2), null, Vocabulary.StandIn(["sky", "tree"], Width).Embeddings!, Width);
        detector.ComputeLoss(RandomNetworks.Noise(DType.Float, 2, 3, 64, 64), Boxes).Total.Backward();
        Assert.NotEqual(0, detector.World.Prompts!.Value.Grad!.Abs().Max().ToDouble());
    }

    private static YoloWorldDetector Detector(int version = 2)
    {
        TorchRuntime.Seed(7);
        YoloWorldDetector detector = new(new YoloWorld(Tiny with { Version = version }), Words);
        detector.Network.Train(false);
        return detector;
    }

    private static void Learn(YoloWorldDetector detector, bool mlp)
        => detector.World.LearnPrompts(Tensor.From(Words.Embeddings!, 3, Width), unit: true, mlp);
}
