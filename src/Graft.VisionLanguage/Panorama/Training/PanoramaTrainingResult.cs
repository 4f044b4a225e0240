using System.Text.Json.Nodes;

namespace Graft.VisionLanguage;

/// <summary>What a training run did.</summary>
/// <param name="Output">The folder that was written.</param>
/// <param name="Losses">The loss before each step.</param>
/// <param name="TrainedWeights">How many weights learned.</param>
/// <param name="TrainedValues">How many numbers are in them.</param>
/// <param name="LoraModules">How many layers carry a LoRA update.</param>
/// <param name="ZeroModules">How many of these updates still change nothing.</param>
public sealed record PanoramaTrainingResult(
    string Output, IReadOnlyList<double> Losses, int TrainedWeights, long TrainedValues, int LoraModules, int ZeroModules)
{
    /// <summary>Whether a LoRA was written that changes something; true when none was to be.</summary>
    public bool LoraHasEffect => LoraModules == 0 || ZeroModules < LoraModules;

    /// <summary>The numbers as a JSON object.</summary>
    public JsonObject ToJson() => new()
    {
        ["out"] = Output,
        ["steps"] = Losses.Count,
        ["first_loss"] = Losses.Count > 0 ? Losses[0] : null,
        ["last_loss"] = Losses.Count > 0 ? Losses[^1] : null,
        ["trained_weights"] = TrainedWeights,
        ["trainable"] = TrainedValues,
        ["lora_modules"] = LoraModules,
        ["zero_modules"] = ZeroModules,
        ["lora_has_effect"] = LoraHasEffect,
    };
}
