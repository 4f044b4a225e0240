namespace Graft.Models;

/// <summary>Sizes of one form of a network.</summary>
/// <param name="Parameters">Parameters.</param>
/// <param name="Keys">Entries of its state dict.</param>
/// <param name="Flops">Operations for one image, as the usual profiler counts them.</param>
/// <param name="AttentionFlops">Matrix products of the attention, which that profiler omits.</param>
public sealed record NetworkSize(long Parameters, int Keys, long Flops, long AttentionFlops)
{
    /// <summary><see cref="Flops"/> in billions.</summary>
    public double Gflops => Flops / 1e9;
}

/// <summary>A form of a network with its sizes.</summary>
/// <param name="Name">Such as <c>training</c> or <c>deployed</c>.</param>
/// <param name="Size">Its sizes.</param>
public sealed record NetworkForm(string Name, NetworkSize Size);
