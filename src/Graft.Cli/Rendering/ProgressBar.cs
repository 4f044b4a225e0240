using System.Runtime.InteropServices;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Graft.Cli.Rendering;

/// <summary>A bar with a text beside it, on the last line of a terminal while work is in progress.</summary>
internal static class ProgressBar
{
    private const int BarWidth = 20, Margin = 4;
    private const string ShowCursor = "\e[?25h";

    /// <summary>Standard error as a terminal that can replace a line; null: it cannot.</summary>
    internal static IAnsiConsole? Terminal()
        => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) is { Profile.Capabilities.Ansi: true } terminal ? terminal : null;

    /// <summary>Runs work, and shows its progress: the share that is done, 0 to 1, and a text.</summary>
    internal static T Run<T>(IAnsiConsole terminal, Func<Action<double, string>, T> work)
    {
        // A signal that ends the process would leave the cursor hidden.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => terminal.Profile.Out.Writer.Write(ShowCursor));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => terminal.Profile.Out.Writer.Write(ShowCursor));
        Progress progress = new(terminal) { AutoClear = true, ExcludeVerticalPadding = true };
        progress.Columns(new ProgressBarColumn { Width = BarWidth }, new TextColumn());
        return progress.Start(context =>
        {
            ProgressTask task = context.AddTask("working");
            task.IsIndeterminate = true;
            return work((share, text) =>
            {
                task.IsIndeterminate = double.IsNaN(share);
                task.Value = double.IsNaN(share) ? 0 : share * task.MaxValue;
                task.Tag = text;
            });
        });
    }

    /// <summary>The text beside the bar, cut to the remaining width of the terminal.</summary>
    private sealed class TextColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            string text = task.Tag as string ?? "";
            int room = Math.Max(0, options.ConsoleSize.Width - BarWidth - Margin);
            return new Spectre.Console.Text(text.Length <= room ? text : text[..room]);
        }
    }
}
