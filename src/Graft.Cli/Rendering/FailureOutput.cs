using System.Reflection;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Cli.Rendering;

/// <summary>Shows the error that ended a command: a line with a hint as text, an object as JSON, the stack trace only with <c>--verbose</c>.</summary>
internal static class FailureOutput
{
    /// <summary>Prints an error.</summary>
    /// <returns>The exit code.</returns>
    internal static int Print(Exception error, string command, IReadOnlyList<string> words)
    {
        GraftException shown = Explain(error, command);
        Say(shown);
        if (words.Contains("--verbose"))
        {
            if (shown.Details is { } details)
            {
                Console.Error.WriteLine(details);
            }

            if (shown != error)
            {
                Console.Error.WriteLine(error);
            }
        }

        if (words.Any(word => word == "--json" || word.StartsWith("--json=", StringComparison.Ordinal)))
        {
            Console.WriteLine(Fields(shown).ToJsonString(JsonStyles.Compact));
        }

        return (int)shown.Failure;
    }

    /// <summary>The error as text, with its hint.</summary>
    internal static void Say(GraftException error)
    {
        Console.Error.WriteLine($"graft: {error.Message}");
        if (error.Hint is not null)
        {
            Console.Error.WriteLine($"  hint: {error.Hint}");
        }
    }

    /// <summary>The fields of an error as JSON.</summary>
    internal static JsonObject Fields(GraftException error) => new()
    {
        ["error"] = error.Message,
        ["hint"] = error.Hint,
        ["kind"] = error.Failure.ToString().ToLowerInvariant(),
    };

    /// <summary>The error itself if it is one of Graft, the cause of a wrapper exception, or a general message for an unexpected exception.</summary>
    internal static GraftException Explain(Exception error, string command) => error switch
    {
        GraftException own => own,
        AggregateException { InnerExceptions: [Exception first, ..] } => Explain(first, command),
        TargetInvocationException { InnerException: { } inner } => Explain(inner, command),
        TypeInitializationException { InnerException: { } inner } => Explain(inner, command),
        OutOfMemoryException => new(Failure.Runtime, $"There is not enough memory for graft {command}.", "Lower the batch, the image size or the number of workers.", error),
        IOException or UnauthorizedAccessException => new(Failure.Runtime, error.Message, null, error),
        _ => new(
            Failure.Runtime, $"An unexpected error ended graft {command}{Detail(error.Message)}.",
            "This is a bug in Graft; --verbose shows the stack trace.", error),
    };

    // Messages that name internal types do not help the user.
    private static string Detail(string message)
    {
        string line = message.Split('\n')[0].Trim().TrimEnd('.');
        return line.Length == 0 || line.Contains("System.", StringComparison.Ordinal) || line.Contains("Graft.", StringComparison.Ordinal) ? "" : $": {line}";
    }
}
