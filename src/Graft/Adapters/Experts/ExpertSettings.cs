namespace Graft.Adapters;

/// <summary>What both versions of the options come down to.</summary>
internal sealed record ExpertSettings(
    int Rank,
    IReadOnlyList<int> KernelSizes,
    int TopK,
    int SeReduction,
    double Temperature,
    bool RouterNoise,
    bool SpatialAttention,
    double LoadBalanceWeight);
