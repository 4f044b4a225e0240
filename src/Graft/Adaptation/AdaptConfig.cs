using System.Globalization;
using System.Text;
using Graft.Configuration;
using Graft.Data;
using Graft.Files;
using Graft.Runs;

namespace Graft.Adaptation;

/// <summary>The configuration of an adaptation.</summary>
internal static class AdaptConfig
{
    /// <summary>The settings of the user on the configuration of the default strategy; checks them.</summary>
    /// <exception cref="GraftException">Of kind Usage: an unknown setting or a value out of range.</exception>
    internal static RunConfig Asked(AdaptRequest request)
    {
        RunConfig config = ConfigFinder.Load(AdaptPlanner.Full, request.Settings).Value;
        return config with { Data = config.Data with { Root = request.Data } };
    }

    /// <summary>The configuration before a plan, which measures speed and opens the data.</summary>
    internal static RunConfig Of(AdaptRequest request, AdaptBase plain, DataOptions data, string strategy, int side, int batch, bool amp = false)
    {
        RunConfig config = ConfigFinder.Load(strategy, []).Value;
        config = config with
        {
            Model = plain.Config.Model,
            Text = config.Text with { Model = plain.Encoder, Tokenizer = plain.Config.Text.Tokenizer },
            Train = config.Train with { Imgsz = side, Batch = batch, Amp = amp },
        };
        config = Checkpoint.Changed(config, request.Settings);
        return config with { Data = data };
    }

    /// <summary>The configuration of a plan.</summary>
    internal static RunConfig Of(AdaptRequest request, AdaptBase plain, DataOptions data, AdaptPlan plan)
    {
        RunConfig config = Of(request, plain, data, plan.Strategy, plan.Side, plan.Batch, plan.Amp);
        config = config with
        {
            Train = config.Train with
            {
                Lr = plan.Lr,
                Epochs = plan.Epochs,
                ValInterval = plan.ValInterval,
                CloseMosaic = plan.CloseMosaic,
                Patience = plan.Patience,
                EmaSteps = plan.EmaSteps,
                FeatureCache = plan.FeatureCache,
            },
        };
        return Checkpoint.Changed(config, request.Settings) with { Data = data };
    }

    /// <summary>The choices, with what the user gave in place of what was chosen.</summary>
    internal static IReadOnlyList<AdaptChoice> Choices(AdaptRequest request, AdaptPlan plan, RunConfig config) =>
    [
        .. plan.Choices.Select(choice => request.Gives(choice.Key) ? choice with { Value = ValueOf(request, choice.Key), Reason = "given" } : choice),
        new("text.model", config.Text.Model!, "the text encoder of the base"),
        new("train.seed", config.Train.Seed.ToString(CultureInfo.InvariantCulture), "the same configuration with the same seed gives the same run"),
    ];

    /// <summary>Writes the configuration with its reasons as comments; <c>graft train</c> reads it.</summary>
    internal static void Write(AdaptFolder folder, AdaptRequest request, RunConfig config, IReadOnlyList<AdaptChoice> choices)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# What {request.Command.ReplaceLineEndings(" ")} chose. Edit it and run it again, with the same result for the same settings:\n");
        text.Append(CultureInfo.InvariantCulture, $"# {ShellText.Line("graft", "train", folder.Config, "--base", request.Base)}\n#\n");
        foreach (AdaptChoice choice in choices)
        {
            text.Append(CultureInfo.InvariantCulture, $"# {choice.Key} {choice.Value}: {choice.Reason}\n");
        }

        // Files in the folder are named as seen from the configuration, so that the folder can be moved.
        DataOptions data = config.Data with { Train = Near(config.Data.Train), Val = Near(config.Data.Val), Prompts = Near(config.Data.Prompts) };
        AtomicFile.WriteText(folder.Config, text + ConfigWriter.ToYaml(config with { Data = data }));

        string? Near(string? path)
        {
            string? relative = path is null ? null : Path.GetRelativePath(Path.GetFullPath(folder.Path), path).Replace('\\', '/');
            return relative is null || relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) || !Path.IsPathRooted(path) ? path : relative;
        }
    }

    private static string ValueOf(AdaptRequest request, string key) => request.Settings.Last(setting => setting.StartsWith(key + "=", StringComparison.Ordinal))[(key.Length + 1)..];
}
