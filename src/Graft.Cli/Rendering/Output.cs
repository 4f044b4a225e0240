using System.Text.Json.Nodes;
using Graft.Files;
using Spectre.Console;

namespace Graft.Cli.Rendering;

/// <summary>The only class that prints: text and progress for people, one JSON object for programs on stdout.</summary>
internal sealed class Output(bool json, bool quiet, bool verbose = false, bool mute = false)
{
    private const int UncutWidth = 4096;

    /// <summary>The terminal of the progress bar; null: none is shown, and lines go directly to their streams.</summary>
    private IAnsiConsole? _terminal;

    /// <summary>Prints nothing: another process of the group does.</summary>
    internal static Output Mute { get; } = new(json: false, quiet: true, mute: true);

    internal bool IsJson => json;

    /// <summary>Whether lists are printed in full.</summary>
    internal bool IsVerbose => verbose;

    /// <summary>A line for people.</summary>
    internal void Line(string text = "")
    {
        if (!quiet)
        {
            Write(json ? Console.Error : Console.Out, text);
        }
    }

    /// <summary>A remark on stderr in every mode.</summary>
    internal void Note(string text)
    {
        if (!mute)
        {
            Write(Console.Error, text);
        }
    }

    /// <summary>Remarks, each on a line.</summary>
    internal void Notes(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Note($"note: {text}");
        }
    }

    /// <summary>Runs work with a progress bar on stderr where that is a terminal; without one in <c>--json</c>, <c>--quiet</c> and elsewhere.</summary>
    /// <param name="work">Reports the share that is done, 0 to 1, and the text beside the bar.</param>
    internal T Track<T>(Func<Action<double, string>, T> work)
    {
        IAnsiConsole? terminal = json || quiet || _terminal is not null || Console.IsErrorRedirected ? null : ProgressBar.Terminal();
        if (terminal is null)
        {
            return work((_, _) => { });
        }

        _terminal = terminal;
        try
        {
            return ProgressBar.Run(terminal, work);
        }
        finally
        {
            _terminal = null;
        }
    }

    /// <summary>A table for people.</summary>
    internal void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (quiet)
        {
            return;
        }

        Table table = new() { Border = TableBorder.Simple };
        foreach (string head in heads)
        {
            table.AddColumn(new TableColumn(Markup.Escape(head)) { NoWrap = true });
        }

        for (int i = 1; i < heads.Count; i++)
        {
            table.Columns[i].RightAligned();
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow([.. row.Select(cell => new Spectre.Console.Text(cell))]);
        }

        // A terminal wraps long lines; a table that is cut to its width would lose text.
        IAnsiConsole people = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(json ? Console.Error : Console.Out) });
        people.Profile.Width = Math.Max(people.Profile.Width, UncutWidth);
        people.Write(table);
    }

    /// <summary>The object for programs; nothing without <c>--json</c>.</summary>
    internal void Result(JsonObject result)
    {
        if (json)
        {
            Console.Out.WriteLine(result.ToJsonString(JsonStyles.Indented));
        }
    }

    /// <summary>A line above the progress bar, where both are on the same terminal.</summary>
    private void Write(TextWriter stream, string text)
    {
        if (_terminal is not null && (stream == Console.Error || !Console.IsOutputRedirected))
        {
            _terminal.Write(new Spectre.Console.Text(text + "\n") { Overflow = Overflow.Fold });
        }
        else
        {
            stream.WriteLine(text);
        }
    }
}
