namespace Graft.Adapters;

/// <summary>How often a router chose an expert since its counts were reset.</summary>
/// <param name="Site">The adapter's site.</param>
/// <param name="Side">Side of the expert's kernel.</param>
/// <param name="Expert">Index of the expert.</param>
/// <param name="Choices">How often it was chosen.</param>
/// <param name="Share">Its share of all choices, 0..1.</param>
public sealed record RouterUsage(string Site, long Side, int Expert, long Choices, double Share)
{
    /// <summary>The usage of every expert of every mixture.</summary>
    /// <param name="attached">The adapters.</param>
    public static IReadOnlyList<RouterUsage> Of(AttachedAdapters attached)
    {
        ArgumentNullException.ThrowIfNull(attached);
        return [.. attached.Adapters.Where(planned => planned.Adapter is MoeRepMonaAdapter).SelectMany(planned =>
        {
            MoeRepMonaAdapter adapter = (MoeRepMonaAdapter)planned.Adapter;
            double all = Math.Max(1, adapter.Usage.Sum());
            return adapter.Usage.Select((choices, expert) => new RouterUsage(planned.Site.Name, adapter.Experts[expert].Weight.Value.Size(2), expert, choices, choices / all));
        })];
    }

    /// <summary>Resets the counts of every mixture.</summary>
    /// <param name="attached">The adapters.</param>
    public static void Reset(AttachedAdapters attached)
    {
        ArgumentNullException.ThrowIfNull(attached);
        foreach (MoeRepMonaAdapter adapter in attached.Adapters.Select(planned => planned.Adapter).OfType<MoeRepMonaAdapter>())
        {
            adapter.ResetUsage();
        }
    }
}
