using Graft.Rewriting;

namespace Graft.Export;

/// <summary>An adapter whose file makes a base's graph agree with an adapted detector.</summary>
/// <param name="Name">The adapter's name.</param>
/// <param name="File">Bytes of its <c>.onnx_adapter</c> file.</param>
/// <param name="Network">Gives the adapted network as it would be recorded, to find the layer that differs.</param>
internal sealed record AdaptedSource(string Name, byte[] File, Func<Subject> Network);
