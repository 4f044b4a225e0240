using Graft.Files;

namespace Graft.Peft;

/// <summary>The LoRA inside a checkpoint of an adapted model.</summary>
public static class CheckpointLora
{
    /// <summary>Opens it; valid while the file is open.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="layout">Prefix and part of the adapted model in its tensor names.</param>
    /// <exception cref="GraftException">Of kind Model: the checkpoint does not contain rank and alpha, or its matrices contradict them.</exception>
    public static PeftAdapter Open(WeightFile file, CheckpointLayout layout)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(layout);
        PeftConfig config = CheckpointConfig.Read(file) ?? throw new GraftException(
            Failure.Model, $"{file.Path}: the checkpoint does not contain rank and alpha of its LoRA (hyper_parameters.use_lora_cfg is missing).",
            "Name the adapter's folder.");
        return PeftAdapter.FromCheckpoint(file, config, layout.Prefix, layout.Owner);
    }

    /// <summary>Writes it as an adapter's folder.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="layout">Prefix and part of the adapted model in its tensor names.</param>
    /// <param name="folder">Target.</param>
    /// <param name="allowMissing">Accept a LoRA without tensors for some of its targets.</param>
    /// <exception cref="GraftException">Of kind Model: there is none, or it is incomplete.</exception>
    public static void Export(WeightFile file, CheckpointLayout layout, string folder, bool allowMissing = false)
    {
        using PeftAdapter adapter = Open(file, layout);
        if (!allowMissing)
        {
            AdapterFit.Check(adapter, PlainModel.Of(file, layout.Prefix), layout.Owner).ThrowUnlessTargetsHaveTensors();
        }

        PeftWriter.Write(folder, adapter);
    }

    /// <summary>Compares it with an adapter that was saved apart; where the checkpoint does not contain rank and alpha, those of the adapter are used.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="layout">Prefix and part of the adapted model in its tensor names.</param>
    /// <param name="adapter">The adapter.</param>
    public static LoraComparison Compare(WeightFile file, CheckpointLayout layout, PeftAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(adapter);
        using PeftAdapter inside = PeftAdapter.FromCheckpoint(file, CheckpointConfig.Read(file) ?? adapter.Config, layout.Prefix, layout.Owner);
        PlainModel model = PlainModel.Of(file, layout.Prefix);
        return LoraComparison.Between(inside, adapter, name => model.TryGet(layout.Owner + name));
    }
}
