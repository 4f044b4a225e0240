namespace Graft.Runtime.Inference;

/// <summary>Checks of the values of options; errors name the option.</summary>
internal static class OptionChecks
{
    /// <summary>A value from 0 to 1.</summary>
    public static double Share(string option, double value) => value is >= 0 and <= 1
        ? value
        : throw new OnnxDetectorException(FailureKind.Usage, FormattableString.Invariant($"{option} is {value}; a number from 0 to 1 is expected."));

    /// <summary>A value from 1.</summary>
    public static int Count(string option, int value) => value >= 1
        ? value
        : throw new OnnxDetectorException(FailureKind.Usage, $"{option} is {value}; a whole number from 1 is expected.");

    /// <summary>Checks the options of a detector.</summary>
    public static void Check(OnnxDetectorOptions options)
    {
        Share(nameof(OnnxDetectorOptions.ScoreThreshold), options.ScoreThreshold ?? 0);
        Share(nameof(OnnxDetectorOptions.IouThreshold), options.IouThreshold ?? 0);
        Count(nameof(OnnxDetectorOptions.MaxPerImage), options.MaxPerImage ?? 1);
        Count(nameof(OnnxDetectorOptions.MaxBatch), options.MaxBatch);
        foreach ((string name, double threshold) in options.ClassThresholds ?? new Dictionary<string, double>())
        {
            Share($"{nameof(OnnxDetectorOptions.ClassThresholds)}[\"{name}\"]", threshold);
        }

        if (options.Threads < 0)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"{nameof(OnnxDetectorOptions.Threads)} is {options.Threads}; a whole number from 0 is expected.");
        }
    }
}
