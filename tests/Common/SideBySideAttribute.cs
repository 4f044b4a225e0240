namespace Graft.Testing;

/// <summary>
/// The tests of the class touch no global state of the process: no tensor and no network (their random initial values come from libtorch's
/// one generator), no number of threads, current folder, environment variable or measured memory. They run beside other classes.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SideBySideAttribute : Attribute;

/// <summary>The tests of the class measure values that other tests affect, such as memory; no other test runs beside them.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AloneAttribute : Attribute;
