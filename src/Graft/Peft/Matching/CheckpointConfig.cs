using System.Globalization;
using Graft.Files;

namespace Graft.Peft;

/// <summary>The LoRA settings in the hyper-parameters of a Lightning checkpoint of PanoramaVLM.</summary>
public static class CheckpointConfig
{
    /// <summary>Reads <c>hyper_parameters.use_lora_cfg</c>; null when the checkpoint has none.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <exception cref="GraftException">A setting has an invalid value.</exception>
    public static PeftConfig? Read(WeightFile file)
    {
        if (file.Root?["hyper_parameters"]?["use_lora_cfg"] is not { IsNone: false } settings)
        {
            return null;
        }

        List<string> targets = settings["target_modules"] is PickleSequence list
            ? [.. list.Items.Select(item => item.Text).OfType<string>()] : [];
        long rank = settings["rank"]?.Integer ?? settings["r"]?.Integer ?? 0;
        double alpha = settings["alpha"]?.Number ?? settings["lora_alpha"]?.Number ?? double.NaN;
        if (rank is < 1 or > int.MaxValue || !double.IsFinite(alpha) || targets.Count == 0)
        {
            throw new GraftException(Failure.Model,
                string.Create(CultureInfo.InvariantCulture, $"{Printable.Name(file.Path, 400)}: hyper_parameters.use_lora_cfg gives rank {rank}, alpha {alpha} and ")
                + $"{targets.Count} target modules; a LoRA configuration was expected.");
        }

        return new PeftConfig { Rank = (int)rank, Alpha = alpha, TargetModules = new PeftTargets { Names = targets } };
    }
}
