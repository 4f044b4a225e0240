using Graft.Detectors;

namespace Graft.Adapters;

/// <summary>One adapter of a file: its site and its options.</summary>
/// <param name="Site">Its site.</param>
/// <param name="Channels">C.</param>
/// <param name="Options">Its options.</param>
public sealed record StoredAdapter(AdapterSite Site, int Channels, AdapterOptions Options);
