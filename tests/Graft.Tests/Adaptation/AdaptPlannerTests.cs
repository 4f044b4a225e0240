using Graft.Adaptation;
using Graft.Runs;
using Graft.Training;

namespace Graft.Tests.Adaptation;

/// <summary>The choices of a plan, from data, measured speed and time.</summary>
public sealed class AdaptPlannerTests
{
    private static readonly AdaptFacts Boards = new() { TrainImages = 240, ValImages = 120, LongerSide = 640, SmallBox = 25, BaseSide = 320 };
    private static readonly TrainingSpeed Speed = new(320, 20, 60);

    [Theory]
    [InlineData(640, 25, 320, 320)]     // 12 pixels of the input for a small box: 307, the next multiple of 32
    [InlineData(640, 8, 320, 640)]      // no more than the image has
    [InlineData(4000, 20, 320, 960)]    // no more than can be trained
    [InlineData(4000, 400, 320, 320)]   // no less than the base was trained with
    [InlineData(200, 100, 320, 320)]
    [InlineData(640, 0, 320, 640)]
    public void TheSideOfTheInput_FollowsTheSmallBoxes(double longer, double small, int baseSide, int expected)
        => Assert.Equal(expected, AdaptPlanner.SuitableSide(Boards with { LongerSide = longer, SmallBox = small, BaseSide = baseSide }));

    [Fact]
    public void TenMinutes_AreUsed_AndNotExceeded()
    {
        AdaptPlan plan = AdaptPlanner.Plan(Boards, AdaptPlanner.Full, Speed, 600)!;
        Assert.Equal((320, 8, 0.004, 1), (plan.Side, plan.Batch, plan.Lr, plan.ValInterval));
        Assert.Equal(35, plan.Epochs);      // a pass takes 12 s, a validation 2 s, and 20.7 s of 600 are for the rest; 15 % are a margin
        Assert.InRange(plan.TrainSeconds + plan.Reserve, 480, 600);
        Assert.Equal(AdaptPlanner.Full, plan.Strategy);
        Assert.All(plan.Choices, choice => Assert.False(string.IsNullOrWhiteSpace(choice.Reason), choice.Key));
    }

    [Fact]
    public void TheSameNumbers_GiveTheSamePlan()
    {
        AdaptPlan one = AdaptPlanner.Plan(Boards, AdaptPlanner.Full, Speed, 300)!, other = AdaptPlanner.Plan(Boards, AdaptPlanner.Full, Speed, 300)!;
        Assert.Equal(one with { Choices = [] }, other with { Choices = [] });
        Assert.Equal(one.Choices, other.Choices);
    }

    [Fact]
    public void WhateverTheMachine_ThePlanFitsIntoTheTime_OrThereIsNone()
    {
        int without = 0, with = 0;
        foreach (int images in new[] { 2, 24, 240, 5_000 })
        {
            foreach (double rate in new[] { 0.5, 5, 50 })
            {
                foreach (double minutes in new[] { 0.1, 1, 5, 10, 60 })
                {
                    AdaptFacts facts = Boards with { TrainImages = images, SmallBox = 14 };
                    TrainingSpeed speed = new(320, rate, 3 * rate);
                    double least = AdaptPlanner.LeastSeconds(facts, speed);
                    AdaptPlan? plan = AdaptPlanner.Plan(facts, AdaptPlanner.Full, speed, 60 * minutes);
                    Assert.Equal(60 * minutes < least, plan is null);
                    if (plan is null)
                    {
                        without++;
                        continue;
                    }

                    with++;
                    Assert.InRange(plan.TrainSeconds + plan.Reserve, 0, 60 * minutes);
                    Assert.InRange(plan.Epochs, 3, 300);
                    Assert.InRange(plan.CloseMosaic, 1, plan.Epochs);
                    Assert.InRange(plan.ValInterval, 1, plan.Epochs);
                    Assert.Equal(0, plan.Side % 32);
                }
            }
        }

        Assert.True(without > 5 && with > 20, $"{without}, {with}");
    }

    [Fact]
    public void LessTime_MakesTheInputSmaller_DownToThatOfTheBase()
    {
        AdaptFacts small = Boards with { SmallBox = 10 };
        int[] sides = [.. new double[] { 2, 5, 10, 20, 60 }.Select(minutes => AdaptPlanner.Plan(small, AdaptPlanner.Full, Speed, 60 * minutes)?.Side ?? 0)];
        Assert.Equal(sides.Order(), sides);
        Assert.Equal((320, 640), (sides[0], sides[^1]));
        AdaptPlan plan = AdaptPlanner.Plan(small, AdaptPlanner.Full, Speed, 300)!;
        Assert.Contains("too short", plan.Choices.Single(choice => choice.Key == "train.imgsz").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void FewTrainingImages_AreNotValidatedAfterEachPass()
    {
        AdaptPlan plan = AdaptPlanner.Plan(Boards with { TrainImages = 24 }, AdaptPlanner.Full, Speed, 300)!;
        Assert.Equal(4, plan.Batch);
        Assert.True(plan.Lr < 0.004);
        Assert.Equal(7, plan.ValInterval);      // 2 s each, and 1.2 s a pass
        Assert.True(plan.Epochs / plan.ValInterval * 2 < 0.3 * plan.Epochs * 1.2);
        Assert.True(plan.Epochs > 60);
    }

    [Fact]
    public void WhatIsGiven_IsNotChosen()
    {
        AdaptFacts given = Boards with { GivenSide = 448, GivenBatch = 2 };
        AdaptPlan plan = AdaptPlanner.Plan(given, AdaptPlanner.Full, Speed, 600)!;
        Assert.Equal((448, 2), (plan.Side, plan.Batch));
        Assert.Equal("given", plan.Choices.Single(choice => choice.Key == "train.imgsz").Reason);

        AdaptPlan two = AdaptPlanner.Plan(Boards with { GivenEpochs = 2 }, AdaptPlanner.Full, Speed, 60)!;
        Assert.Equal((2, 1), (two.Epochs, two.CloseMosaic));
        Assert.Null(AdaptPlanner.Plan(Boards with { GivenEpochs = 2 }, AdaptPlanner.Full, Speed, 20));
    }

    [Fact]
    public void KeptFeatures_GiveMorePasses_AndAreSaid()
    {
        TrainingSpeed kept = Speed with { KeptImagesPerSecond = 60 };
        AdaptPlan plain = AdaptPlanner.Plan(Boards, AdaptPlanner.Short, Speed, 300)!, plan = AdaptPlanner.Plan(Boards, AdaptPlanner.Short, kept, 300)!;
        Assert.Equal((FeatureCache.Off, FeatureCache.Disk), (plain.FeatureCache, plan.FeatureCache));
        Assert.True(plan.Epochs > 1.5 * plain.Epochs, $"{plain.Epochs}, {plan.Epochs}");
        Assert.InRange(plan.TrainSeconds + plan.Reserve, 200, 300);
        Assert.Contains("view", plan.Choices.Single(choice => choice.Key == "train.feature_cache").Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(plain.Choices, choice => choice.Key == "train.feature_cache");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.4, false)]
    [InlineData(1.1, false)]    // noise of a measurement
    [InlineData(2.2, true)]
    public void MixedPrecision_IsChosenWhereItPays(double gain, bool expected)
    {
        AdaptPlan plan = AdaptPlanner.Plan(Boards with { Bfloat16 = new(gain) }, AdaptPlanner.Full, Speed, 300)!;
        Assert.Equal(expected, plan.Amp);
        Assert.Equal(expected ? "true" : "false", plan.Choices.Single(choice => choice.Key == "train.amp").Value);
    }

    [Theory]
    [InlineData(0, AdaptPlanner.Far)]
    [InlineData(0.049, AdaptPlanner.Far)]
    [InlineData(0.05, AdaptPlanner.Full)]
    [InlineData(0.9, AdaptPlanner.Full)]
    public void WhereWordsFindNothing_TheBackboneLearnsToo(double zeroShot, string expected)
    {
        AdaptFacts facts = Boards with { ZeroShot = zeroShot };
        string strategy = AdaptPlanner.StrategyFor(facts);
        Assert.Equal(expected, strategy);
        AdaptPlan plan = AdaptPlanner.Plan(facts, strategy, Speed, 600)!;
        Assert.Contains(strategy == AdaptPlanner.Far ? "unlike those of the base" : "first stages of the backbone", plan.Choices.Single(choice => choice.Key == "tuning").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TheStrategies_AreConfigurationsThatTuneTheNamedParts()
    {
        RunConfig full = ConfigFinder.Load(AdaptPlanner.Full, []).Value, far = ConfigFinder.Load(AdaptPlanner.Far, []).Value, head = ConfigFinder.Load(AdaptPlanner.Short, []).Value;
        Assert.Equal(["lora"], full.Tuning!.Adapters.Select(adapter => adapter.Kind));
        Assert.Equal(
            ["backbone.image_model.{stage1,stage2}", "backbone.image_model.{stage3,stage4}.**.bn", "neck.**.bn", "bbox_head.**.bn", "bbox_head.head_module.cls_preds.*.2"],
            full.Tuning.Unfreeze.Select(entry => entry.At));
        Assert.Equal(["lora"], far.Tuning!.Adapters.Select(adapter => adapter.Kind));
        Assert.Contains(far.Tuning.Unfreeze, entry => entry.At.StartsWith("backbone.", StringComparison.Ordinal));
        Assert.Empty(head.Tuning!.Adapters);
        Assert.Equal(["bbox_head"], head.Tuning.Unfreeze.Select(entry => entry.At));
        Assert.All([full, far, head], config => Assert.Equal(384, config.Model.TextWidth));
    }
}
