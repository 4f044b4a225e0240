namespace Graft.Runtime;

/// <summary>What an <see cref="OnnxDetectorException"/> is about.</summary>
public enum FailureKind
{
    /// <summary>An argument or option is wrong.</summary>
    Usage,

    /// <summary>An image or a buffer is wrong.</summary>
    Data,

    /// <summary>A model or adapter file is wrong.</summary>
    Model,
}

/// <summary>A failure that the caller can act on: what is wrong and where, what was expected, what to do.</summary>
/// <param name="kind">What it is about.</param>
/// <param name="message">What is wrong, what was found, what was expected.</param>
/// <param name="hint">What to do; null where the message says it.</param>
/// <param name="inner">The error of ONNX Runtime or of the system, if any.</param>
public sealed class OnnxDetectorException(FailureKind kind, string message, string? hint = null, Exception? inner = null)
    : Exception(hint is null ? message : $"{message} {hint}", inner)
{
    /// <summary>What it is about.</summary>
    public FailureKind Kind { get; } = kind;

    /// <summary>What to do; null where the message says it.</summary>
    public string? Hint { get; } = hint;
}
