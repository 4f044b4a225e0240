namespace Graft.Export;

/// <summary>Operators that change no values: gradients and memory formats do not exist in a graph.</summary>
internal static class Unchanged
{
    internal static string[] Map(OperatorContext c) => [c.In(0)];
}
