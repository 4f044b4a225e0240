using Graft.Torch.Distributed;

namespace Graft.Torch.Layers;

/// <summary>A module that computes with statistics of the whole batch in training.</summary>
public interface IBatchStatistics
{
    /// <summary>Processes whose batches together are the whole batch; null: that of this process is.</summary>
    ProcessGroup? Group { get; set; }
}
