using Graft.Detectors;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>One adapter and its site.</summary>
/// <param name="Site">The site.</param>
/// <param name="Host">The layer at that site.</param>
/// <param name="Adapter">The adapter.</param>
public sealed record PlannedAdapter(AdapterSite Site, Module Host, Adapter Adapter);
