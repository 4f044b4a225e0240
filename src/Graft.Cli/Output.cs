using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Graft.Cli;

/// <summary>The only place that prints: text and progress for people on stderr, one JSON object for programs on stdout.</summary>
internal sealed class Output(bool json, bool quiet, bool verbose = false)
{
    private const int UncutWidth = 4096;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly IAnsiConsole _people = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(json ? Console.Error : Console.Out) });
    private bool _lineOpen;

    internal bool IsJson => json;

    /// <summary>Whether everything is shown that is usually shortened.</summary>
    internal bool IsVerbose => verbose;

    /// <summary>A line for people.</summary>
    internal void Line(string text = "")
    {
        if (!quiet)
        {
            CloseLine();
            (json ? Console.Error : Console.Out).WriteLine(text);
        }
    }

    /// <summary>A remark on stderr, whatever the mode.</summary>
    internal void Note(string text)
    {
        CloseLine();
        Console.Error.WriteLine(text);
    }

    /// <summary>Remarks, each on a line.</summary>
    internal void Notes(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Note($"note: {text}");
        }
    }

    /// <summary>A line that the next one replaces; shown only to a terminal.</summary>
    internal void Progress(string text)
    {
        if (!quiet && !Console.IsErrorRedirected)
        {
            Console.Error.Write("\r" + text.PadRight(Math.Max(0, Console.WindowWidth - 1))[..Math.Max(1, Console.WindowWidth - 1)]);
            _lineOpen = true;
        }
    }

    /// <summary>A table for people.</summary>
    internal void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (quiet)
        {
            return;
        }

        CloseLine();
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

        // A terminal wraps long lines; a table that is cut to its width would lose them.
        _people.Profile.Width = Math.Max(_people.Profile.Width, UncutWidth);
        _people.Write(table);
    }

    /// <summary>The object for programs; nothing without <c>--json</c>.</summary>
    internal void Result(JsonObject result)
    {
        if (json)
        {
            Console.Out.WriteLine(result.ToJsonString(Indented));
        }
    }

    private void CloseLine()
    {
        if (_lineOpen)
        {
            Console.Error.WriteLine();
            _lineOpen = false;
        }
    }
}
