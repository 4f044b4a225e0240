namespace Graft.Testing;

/// <summary>
/// The tests of the class touch nothing that the process has once: no tensor and no network (their random initial values come from libtorch's
/// one generator), no number of threads, current folder, environment variable or measured memory. They run beside other classes.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SideBySideAttribute : Attribute;

/// <summary>The tests of the class measure what every other test disturbs, such as memory; nothing runs beside them.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AloneAttribute : Attribute;
