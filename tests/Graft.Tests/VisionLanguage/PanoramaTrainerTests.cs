using Graft.Torch;
using Graft.VisionLanguage;

namespace Graft.Tests.VisionLanguage;

public sealed class PanoramaTrainerTests
{
    private static readonly PanoramaVlmOptions Tiny = new()
    {
        Vision = new SiglipOptions { Width = 16, MlpWidth = 24, Layers = 1, Heads = 2, Patch = 8, Image = 32 },
        Resampler = new QFormerOptions { Queries = 4, Layers = 1, VocabularySize = 8, Positions = 8 },
        Language = new QwenOptions { VocabularySize = 30, Width = 16, MlpWidth = 24, Layers = 2, Heads = 2, KeyHeads = 1, HeadWidth = 8 },
        LatentWidth = 16,
        VicRegWidth = 12,
        VisionTokenId = 29,
    };

    private static readonly TextTokens Text = new([3, 29, 4, 5, 6, 7, 1], [-100, -100, -100, 5, 6, 7, 1]);

    [Theory]
    [InlineData(PanoramaStage.Vision, new[] { "resampler_module.", "vicreg_projector." })]
    [InlineData(PanoramaStage.Resampler, new[] { "resampler_module.", "projector." })]
    [InlineData(PanoramaStage.Finetune, new[] { "resampler_module.", "projector.", ".lora_" })]
    public void OnlyThePartsOfTheStage_Learn(PanoramaStage stage, string[] parts)
    {
        using TensorScope scope = TensorScope.Begin();
        using PanoramaVlm model = Model(1);
        Dictionary<string, float[]> before = model.Parameters().ToDictionary(p => p.Name, p => p.Parameter.Value.ToSingles());
        using PanoramaTrainer trainer = new(model, new PanoramaTrainingOptions { Stage = stage, LearningRate = 1e-3, LoraRank = 2, LoraAlpha = 4 });
        Assert.Equal(model.Parameters().Select(p => p.Name).Where(name => Array.Exists(parts, part => part[0] == '.'
            ? name.Contains(part, StringComparison.Ordinal) : name.StartsWith(part, StringComparison.Ordinal))), trainer.Trainable);
        Tensor views = Views();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(trainer.Step(views, [Text]) > 0);
        }

        foreach ((string name, Graft.Torch.Layers.Parameter parameter) in model.Parameters().Where(p => before.ContainsKey(p.Name)))
        {
            if (!trainer.Trainable.Contains(name))
            {
                Assert.Equal(before[name], parameter.Value.ToSingles());
            }
        }

        Assert.Contains(trainer.Trainable, name => before.TryGetValue(name, out float[]? old)
            && !old.SequenceEqual(model.Parameters().First(p => p.Name == name).Parameter.Value.ToSingles()));
    }

    [Fact]
    public void Lora_LearnsAnAnswerAndKeepsItWhenMerged()
    {
        using TensorScope scope = TensorScope.Begin();
        using PanoramaVlm model = Model(2);
        Tensor views = Views();
        int[] before = Answer(model, views);
        using PanoramaTrainer trainer = new(model, new PanoramaTrainingOptions { Steps = 120, LearningRate = 2e-2, LoraRank = 4, LoraAlpha = 8 });
        double first = trainer.Step(views, [Text]), last = first;
        for (int i = 1; i < 120; i++)
        {
            last = trainer.Step(views, [Text]);
        }

        Assert.True(last < 0.2 * first, $"the loss went from {first} to {last}");
        int[] learned = Answer(model, views);
        Assert.Equal([5, 6, 7], learned);
        Assert.NotEqual(before, learned);
        PanoramaCheckpoint.Merge(model);
        Assert.All(model.Language.Projections, p => Assert.Null(p.Layer.Down));
        Assert.Equal([5, 6, 7], Answer(model, views));
    }

    [Fact]
    public void NewUpdates_ChangeNothingAndReportNoEffect()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using PanoramaVlm model = Model(3);
        double[] before = model.Forward(Views(), [Text]).Logits.ToDoubles();
        foreach ((_, LoraLinear layer) in model.Language.Projections)
        {
            layer.AddUpdate(2, 2);
        }

        Assert.Equal(before, model.Forward(Views(), [Text]).Logits.ToDoubles());
        LoraSummary summary = new LoraSummary(14, [2], 4).Measured(model);
        Assert.Equal((14, false), (summary.ZeroUpdates, summary.HasEffect));
    }

    [Fact]
    public void VicReg_PullsNeighboursTogether()
    {
        using TensorScope scope = TensorScope.Begin();
        using PanoramaVlm model = Model(4);
        using PanoramaTrainer trainer = new(model, new PanoramaTrainingOptions { Stage = PanoramaStage.Vision, Steps = 40, LearningRate = 5e-3 });
        Tensor views = Views();
        double first = trainer.Step(views, []), last = first;
        for (int i = 1; i < 40; i++)
        {
            last = trainer.Step(views, []);
        }

        Assert.True(last < first, $"the loss went from {first} to {last}");
    }

    [Fact]
    public void LearningRate_RisesAndFallsLinearly()
    {
        using PanoramaVlm model = Model(5);
        using PanoramaTrainer trainer = new(model, new PanoramaTrainingOptions { Stage = PanoramaStage.Resampler, Steps = 20, LearningRate = 1 });
        Assert.Equal([0.5, 1, 1, 0.5], new long[] { 0, 1, 2, 11 }.Select(trainer.Rate));
        Assert.Equal(0, trainer.Rate(20));
    }

    [Fact]
    public void NaN_StopsBeforeAnythingChanges()
    {
        using TensorScope scope = TensorScope.Begin();
        using PanoramaVlm model = Model(6);
        using PanoramaTrainer trainer = new(model, new PanoramaTrainingOptions { Stage = PanoramaStage.Resampler });
        float[] before = model.Projector.Parameters().First().Parameter.Value.ToSingles();
        Assert.Throws<GraftException>(() => trainer.Step(Tensor.Full([1, 2, 3, 32, 32], double.NaN), [Text]));
        Assert.Equal(before, model.Projector.Parameters().First().Parameter.Value.ToSingles());
    }

    [Fact]
    public void SampledAnswers_DependOnTheSeedAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        using PanoramaVlm model = Model(7);
        int[] Sample(int seed) => PanoramaGenerator.Generate(model, Views(), Text.Ids, [1],
            new GenerationOptions { Temperature = 1, TopP = 1, TopK = 0, RepetitionPenalty = 1, MaxNewTokens = 30, MinNewTokens = 30, Seed = seed });
        Assert.Equal(Sample(5), Sample(5));
        Assert.NotEqual(Sample(5), Sample(6));
        Assert.Equal(30, Sample(5).Length);
    }

    internal static PanoramaVlm Model(ulong seed)
    {
        TorchRuntime.Seed(seed);
        return new PanoramaVlm(Tiny);
    }

    private static Tensor Views()
    {
        TorchRuntime.Seed(99);
        return Tensor.Rand(1, 3, 3, 32, 32) * 2 - 1;
    }

    private static int[] Answer(PanoramaVlm model, Tensor views)
        => PanoramaGenerator.Generate(model, views, Text.Ids[..3], [1], GenerationOptions.Greedy with { MaxNewTokens = 6 });
}
