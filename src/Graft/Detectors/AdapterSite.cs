namespace Graft.Detectors;

/// <summary>A place where a model lets something be attached: behind a layer whose output is one map B×C×H×W.</summary>
/// <param name="Name">What patterns are matched with, such as <c>neck.top_down.0</c>.</param>
/// <param name="ModulePath">Dotted path of the layer.</param>
/// <param name="ContainerPath">Dotted path under which an adapter's weights are kept, that of the original's checkpoints.</param>
public sealed record AdapterSite(string Name, string ModulePath, string ContainerPath);
