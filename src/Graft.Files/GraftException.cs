using Graft.Files;

namespace Graft;

/// <summary>The kind of a failure: each is one exit code of the command line.</summary>
public enum Failure
{
    /// <summary>Failed while running (exit code 1).</summary>
    Runtime = 1,

    /// <summary>Wrong usage or configuration (exit code 2).</summary>
    Usage = 2,

    /// <summary>Data that cannot be used: images, annotations, prompts (exit code 3).</summary>
    Data = 3,

    /// <summary>A model or a weight file that does not fit or cannot be read (exit code 4).</summary>
    Model = 4,

    /// <summary>An exported model that does not agree with its source, or cannot be expressed (exit code 5).</summary>
    Export = 5,

    /// <summary>Refused on purpose: doing it would have been silently wrong (exit code 6).</summary>
    Refused = 6,
}

/// <summary>The exception that Graft throws: the message names place, found and expected value; the hint says what to do.</summary>
public class GraftException : Exception
{
    /// <summary>Creates an error of one kind.</summary>
    /// <param name="failure">The kind; it determines the exit code.</param>
    /// <param name="message">Names the file, key or option, what was found and what was expected.</param>
    /// <param name="hint">What to do about it.</param>
    /// <param name="inner">The cause, if another exception was.</param>
    public GraftException(Failure failure, string message, string? hint = null, Exception? inner = null)
        : base(Printable.Text(message), inner)
    {
        Failure = failure;
        Hint = hint is null ? null : Printable.Text(hint);
    }

    /// <summary>The kind of failure.</summary>
    public Failure Failure { get; }

    /// <summary>What to do about it, if known.</summary>
    public string? Hint { get; }

    /// <summary>The full details that the message shortens, such as all names of a list; null when it is complete.</summary>
    public string? Details { get; init; }
}
