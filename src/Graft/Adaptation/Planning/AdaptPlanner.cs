using System.Globalization;
using Graft.Detectors;
using Graft.Runs;
using Graft.Training;

namespace Graft.Adaptation;

/// <summary>Chooses settings from the data, the measured speed of the machine and the time: the same numbers give the same plan.</summary>
public static class AdaptPlanner
{
    /// <summary>The first stages of the backbone, and LoRA behind them: what is trained when there is time.</summary>
    public const string Full = "adapt/early";

    /// <summary>The first three stages, LoRA, and the whole head: for images that look unlike those of the base.</summary>
    public const string Far = "adapt/far";

    /// <summary>The head alone: for very short times.</summary>
    public const string Short = "adapt/head";

    // The finest level of a detector has cells of 8 pixels; a box needs more than one.
    private const double SmallBoxInput = 12;
    private const int MaxSide = 960;

    // Fewer epochs or steps than these are not worth the name, and more than the good ones rarely pay before the size of the input does.
    private const int LeastEpochs = 3, LeastSteps = 24, GoodEpochs = 12, GoodSteps = 200;
    private const int MaxSteps = 3000, MinMaxEpochs = 60, MaxEpochs = 300;

    // Validation may take this share of the training time, and training this share of what is left: machines do not keep their pace.
    private const double ValShare = 0.25, Margin = 0.85;

    // Merging, joining and exporting run the network about so many times, besides what does not depend on its size.
    private const double FinishSeconds = 8, FinishRuns = 400, ValPasses = 3;

    // Measured on deeppcb-mini, two passes at 192 pixels: mAP50 0.138 with 0.005, 0.074 with 0.002 and half of it in the head.
    private const double BaseRate = 0.004, BaseRateBatch = 8;

    // Drawn defects on a material that the base has not seen: 0.12 to 0.17 by unseen names; photographs of circuit boards: 0.000.
    private const double FarScore = 0.05;

    /// <summary>What is trained when there is time: <see cref="Full"/>, or <see cref="Far"/> where words alone find next to nothing.</summary>
    public static string StrategyFor(AdaptFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts.ZeroShot < FarScore ? Far : Full;
    }

    /// <summary>The side of the input that suits the data, in pixels, whatever the time; the largest that a plan has.</summary>
    public static int SuitableSide(AdaptFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        int low = Math.Min(facts.BaseSide, MaxSide), high = Math.Max(low, Math.Min(Multiple(facts.LongerSide), MaxSide));
        return facts.GivenSide ?? Math.Clamp(Multiple(SmallBoxInput * facts.LongerSide / Math.Max(facts.SmallBox, 1)), low, high);
    }

    /// <summary>Images per step.</summary>
    public static int BatchOf(AdaptFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts.GivenBatch ?? facts.TrainImages switch { < 48 => 4, > 2000 => 16, _ => 8 };
    }

    /// <summary>The plan that uses the time; null where the time is too short for this strategy.</summary>
    /// <param name="facts">The data and the base.</param>
    /// <param name="strategy"><see cref="Full"/>, <see cref="Far"/> or <see cref="Short"/>.</param>
    /// <param name="speed">Measured with this strategy.</param>
    /// <param name="seconds">What is left for everything that follows.</param>
    public static AdaptPlan? Plan(AdaptFacts facts, string strategy, TrainingSpeed speed, double seconds)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(speed);
        int suitable = SuitableSide(facts), low = facts.GivenSide ?? Math.Min(suitable, facts.BaseSide);
        for (int side = suitable; side >= low; side -= ImageSize.Multiple)
        {
            Pace pace = new(facts, speed, side);
            int epochs = pace.Epochs(seconds);
            if (facts.GivenEpochs is { } given && epochs > 0)
            {
                return Chosen(facts, strategy, pace, suitable, given);
            }

            if (epochs >= Math.Max(GoodEpochs, pace.EpochsOf(GoodSteps)) || (side == low && epochs >= pace.Least))
            {
                return Chosen(facts, strategy, pace, suitable, epochs);
            }
        }

        return null;
    }

    /// <summary>Seconds below which <see cref="Plan"/> has none.</summary>
    /// <param name="facts">The data and the base.</param>
    /// <param name="speed">Measured with the strategy.</param>
    public static double LeastSeconds(AdaptFacts facts, TrainingSpeed speed)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(speed);
        Pace pace = new(facts, speed, facts.GivenSide ?? Math.Min(SuitableSide(facts), facts.BaseSide));
        return pace.Reserve + (1.001 * pace.Seconds(pace.Least) / Margin);
    }

    private static AdaptPlan Chosen(AdaptFacts facts, string strategy, Pace pace, int suitable, int epochs)
    {
        int batch = BatchOf(facts), closing = pace.Closing(epochs), interval = Math.Min(pace.ValInterval, Math.Max(1, epochs / 2));
        double rate = Math.Round(BaseRate * Math.Sqrt(batch / BaseRateBatch), 5);
        TrainOptions schedule = pace.Schedule(epochs);
        int patience = Math.Max(Math.Max(15, 5 * interval), epochs / 3), average = Math.Max(10, epochs * pace.Steps / 4);
        return new AdaptPlan
        {
            Strategy = strategy,
            Side = pace.Side,
            Batch = batch,
            Lr = rate,
            Epochs = epochs,
            ValInterval = interval,
            CloseMosaic = closing,
            Patience = patience,
            EmaSteps = average,
            Amp = facts.Bfloat16.Pays,
            FeatureCache = schedule.FeatureCache,
            TrainSeconds = pace.Seconds(epochs),
            Reserve = pace.Reserve,
            Choices =
            [
                new("tuning", strategy, StrategyReason(facts, strategy)),
                new("train.imgsz", Number(pace.Side), SideReason(facts, pace.Side, suitable)),
                new("train.batch", Number(batch), facts.GivenBatch is null ? $"{Counted.Of(pace.Steps, "step")} in each pass over {Counted.Of(facts.TrainImages, "training image")}" : "given"),
                new("train.lr", rate.ToString(CultureInfo.InvariantCulture), Text($"{BaseRate} for batches of {BaseRateBatch}, by the square root of the batch")),
                new("train.epochs", Number(epochs), facts.GivenEpochs is not null ? "given"
                    : epochs == pace.Most ? "more would not pay; training may end earlier"
                    : Text($"what fits: {pace.Seconds(epochs):0} s with validation, at {pace.TrainRate:0.#} images/s")),
                new("train.amp", facts.Bfloat16.Pays ? "true" : "false", facts.Bfloat16.Found),
                .. KeptFeatures(schedule),
                new("train.val_interval", Number(interval), Text($"validation takes {pace.ValSeconds:0.#} s, a pass over the training images {pace.TrainSeconds:0.#} s")),
                new("train.close_mosaic", Number(closing), "the last passes see whole images"),
                new("train.patience", Number(patience), "passes without a better mAP before training ends"),
                new("train.ema_steps", Number(average), "the kept weights are an average over the last part of training"),
            ],
        };
    }

    /// <summary>What frozen stages give is kept where there are any before the first trained layer.</summary>
    private static AdaptChoice[] KeptFeatures(TrainOptions schedule) => schedule.FeatureCache == FeatureCache.Off ? []
        : [new("train.feature_cache", "disk", $"what the frozen stages give is kept for {Counted.Of(schedule.KeptViews, "view")} of each image")];

    private static string StrategyReason(AdaptFacts facts, string strategy) => strategy switch
    {
        Full => "the first stages of the backbone and LoRA behind them: few values, which merge completely; on circuit boards they reach 96 % of what training every weight reaches, in a third of its time",
        Far => Text($"words alone find next to nothing (mAP50 {facts.ZeroShot:0.000}), so these images look unlike those of the base: three stages of the backbone and the whole head learn, besides LoRA"),
        _ => "the head alone: the time is too short for more",
    };

    private static string SideReason(AdaptFacts facts, int side, int suitable)
    {
        string small = Text($"a tenth of the boxes is below {facts.SmallBox:0} px in images of {facts.LongerSide:0} px, {facts.SmallBox * side / facts.LongerSide:0} px in the input");
        return facts.GivenSide is not null ? "given"
            : side < suitable ? Text($"{suitable} px would suit the small boxes, and the time is too short for it; {small}")
            : side == facts.BaseSide ? $"that of the base; {small}"
            : small;
    }

    private static int Multiple(double side) => Math.Max(1, (int)Math.Ceiling(side / ImageSize.Multiple)) * ImageSize.Multiple;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Times at a side of the input.</summary>
    private sealed record Pace(AdaptFacts Facts, TrainingSpeed Measured, int Side)
    {
        private readonly TrainingSpeed _speed = Measured.At(Side);

        /// <summary>Training images per second.</summary>
        internal double TrainRate => _speed.TrainImagesPerSecond;

        /// <summary>Seconds of a pass over the training images, in a long training.</summary>
        internal double TrainSeconds => _speed.SecondsOf(Facts.TrainImages, Kept(new TrainOptions { Epochs = MinMaxEpochs, CloseMosaic = 0 })) / MinMaxEpochs;

        /// <summary>Seconds of a validation.</summary>
        internal double ValSeconds => Facts.ValImages / _speed.ValImagesPerSecond;

        internal int ValInterval => Math.Max(1, (int)Math.Ceiling(ValSeconds / (ValShare * TrainSeconds)));

        /// <summary>Seconds for the scores before and after, merging, joining and exporting.</summary>
        internal double Reserve => FinishSeconds + ((FinishRuns + (ValPasses * Facts.ValImages)) / _speed.ValImagesPerSecond);

        /// <summary>Steps of an epoch.</summary>
        internal int Steps => (Facts.TrainImages + BatchOf(Facts) - 1) / BatchOf(Facts);

        internal int Least => Math.Max(LeastEpochs, EpochsOf(LeastSteps));

        internal int Most => Math.Min(MaxEpochs, Math.Max(MinMaxEpochs, EpochsOf(MaxSteps)));

        internal int EpochsOf(int steps) => (steps + Steps - 1) / Steps;

        /// <summary>Seconds of some epochs with their share of the validations.</summary>
        internal double Seconds(int epochs) => _speed.SecondsOf(Facts.TrainImages, Schedule(epochs)) + (epochs * ValSeconds / ValInterval);

        /// <summary>The number of epochs that fit.</summary>
        internal int Epochs(double seconds)
        {
            int epochs = 0;
            while (epochs < Most && Seconds(epochs + 1) <= (seconds - Reserve) * Margin)
            {
                epochs++;
            }

            return epochs;
        }

        /// <summary>Every one of the last epochs is validated; that may cost a tenth of the training time.</summary>
        internal int Closing(int epochs)
        {
            int most = Math.Min(10, epochs / 5);
            return ValInterval == 1 ? Math.Max(1, most) : Math.Max(1, Math.Min(most, (int)(0.1 * epochs * TrainSeconds / ValSeconds)));
        }

        /// <summary>The views whose features a training of some epochs keeps.</summary>
        internal TrainOptions Schedule(int epochs) => Kept(new TrainOptions { Epochs = epochs, CloseMosaic = Closing(epochs) });

        private TrainOptions Kept(TrainOptions train)
            => (train with { FeatureCache = _speed.KeptImagesPerSecond is null ? FeatureCache.Off : FeatureCache.Disk }).WithViews();
    }
}
