using Graft.Files;

namespace Graft.Peft;

/// <summary>Several adapters, opened and disposed together.</summary>
public sealed class PeftAdapters : IDisposable
{
    private readonly List<PeftAdapter> _adapters = [];

    private PeftAdapters()
    {
    }

    /// <summary>The adapters, in the order of their folders.</summary>
    public IReadOnlyList<PeftAdapter> All => _adapters;

    /// <summary>Opens adapters.</summary>
    /// <param name="folders">Their folders.</param>
    /// <exception cref="GraftException">One of them cannot be opened; all are then closed.</exception>
    public static PeftAdapters Open(IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        PeftAdapters result = new();
        try
        {
            foreach (string folder in folders)
            {
                result._adapters.Add(PeftAdapter.Open(folder));
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Opens the LoRA inside a checkpoint, which is valid as long as the file is open.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="layout">Prefix and part of the adapted model in its tensor names.</param>
    /// <exception cref="GraftException">Of kind Model: the checkpoint does not contain rank and alpha, or its matrices contradict them.</exception>
    public static PeftAdapters Inside(WeightFile file, CheckpointLayout layout)
    {
        PeftAdapters result = new();
        result._adapters.Add(CheckpointLora.Open(file, layout));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _adapters.ForEach(adapter => adapter.Dispose());
}
