using Graft.Detectors;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>One adapter and its place.</summary>
/// <param name="Site">The place.</param>
/// <param name="Host">The layer there.</param>
/// <param name="Adapter">The adapter.</param>
public sealed record PlannedAdapter(AdapterSite Site, Module Host, Adapter Adapter);
