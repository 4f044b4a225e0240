using Graft.Detectors;

namespace Graft.Adapters;

/// <summary>One adapter of a file: where it belongs and what it is.</summary>
/// <param name="Site">Its place.</param>
/// <param name="Channels">C.</param>
/// <param name="Options">Its options.</param>
public sealed record StoredAdapter(AdapterSite Site, int Channels, AdapterOptions Options);
