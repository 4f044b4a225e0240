namespace Graft.Detectors;

/// <summary>A site where an adapter can be attached: behind a layer whose output is one feature map B×C×H×W.</summary>
/// <param name="Name">The name that patterns match, such as <c>neck.top_down.0</c>.</param>
/// <param name="ModulePath">Dotted path of the layer.</param>
/// <param name="ContainerPath">Dotted path under which an adapter's weights are stored, as in the original's checkpoints.</param>
public sealed record AdapterSite(string Name, string ModulePath, string ContainerPath);
