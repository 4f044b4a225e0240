using System.Text.Json.Nodes;

namespace Graft.VisionLanguage;

/// <summary>The result of a training run.</summary>
/// <param name="Output">The folder that was written.</param>
/// <param name="Losses">The loss before each step.</param>
/// <param name="TrainedWeights">Number of trained tensors.</param>
/// <param name="TrainedValues">Number of trained parameters.</param>
/// <param name="LoraModules">Number of layers with a LoRA update.</param>
/// <param name="ZeroModules">Number of these updates without effect.</param>
public sealed record PanoramaTrainingResult(
    string Output, IReadOnlyList<double> Losses, int TrainedWeights, long TrainedValues, int LoraModules, int ZeroModules)
{
    /// <summary>Whether the written LoRA has an effect; true without a LoRA.</summary>
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
