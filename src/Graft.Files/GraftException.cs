using Graft.Files;

namespace Graft;

/// <summary>What went wrong, as a script tells it apart: each kind is one exit code of the command line.</summary>
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

    /// <summary>An export that failed its check (exit code 5).</summary>
    Export = 5,

    /// <summary>Refused on purpose: doing it would have been silently wrong (exit code 6).</summary>
    Refused = 6,
}

/// <summary>The one exception of Graft: what, where, found and expected in the message, what to try in the hint.</summary>
public class GraftException : Exception
{
    /// <summary>Creates an error of one kind.</summary>
    /// <param name="failure">Which kind; decides the exit code.</param>
    /// <param name="message">Names the file, key or option, what was found and what was expected.</param>
    /// <param name="hint">What to do about it.</param>
    /// <param name="inner">The cause, if another exception was.</param>
    public GraftException(Failure failure, string message, string? hint = null, Exception? inner = null)
        : base(Printable.Text(message), inner)
    {
        Failure = failure;
        Hint = hint is null ? null : Printable.Text(hint);
    }

    /// <summary>Which kind of failure this is.</summary>
    public Failure Failure { get; }

    /// <summary>What to do about it, if anything can be said.</summary>
    public string? Hint { get; }

    /// <summary>Everything that the message shortens, such as all names of a list; null when it says all.</summary>
    public string? Details { get; init; }
}
