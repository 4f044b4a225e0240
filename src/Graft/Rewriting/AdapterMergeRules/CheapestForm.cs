using Graft.Adapters;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>Replaces an adapter that cannot merge completely by one that computes the same function with the fewest operations in evaluation mode.</summary>
internal static class CheapestForm
{
    /// <summary>The cheapest exact form in the adapter's precision, or null when it has that form already.</summary>
    internal static Adapter? Of(Adapter source)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Adapter? reduced = source switch
        {
            LoraAdapter lora => LoraMergeRule.Of(lora),
            BottleneckAdapter bottleneck => BottleneckMergeRule.Of(bottleneck),
            HierarchicalAdapter hierarchical => HierarchicalMergeRule.Of(hierarchical),
            RepMonaAdapter mona => RepMonaMergeRule.Of(mona),
            TrueMonaAdapter mona => TrueMonaMergeRule.Of(mona),
            MoeRepMonaAdapter experts => MoeRepMonaMergeRule.Of(experts),
            _ => null,
        };
        reduced?.Train(false);
        return reduced;
    }
}
