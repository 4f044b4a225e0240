using Graft.Cli.Rendering;
using Spectre.Console;

namespace Graft.Cli.Tests.Rendering;

/// <summary>The progress bar of a terminal; nothing is printed elsewhere.</summary>
public sealed class ProgressBarTests
{
    [Fact]
    public void Bar_ShowsTheText_LeavesNothing_AndShowsTheCursorAgain()
    {
        StringWriter written = new();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(written),
        });
        terminal.Profile.Width = 80;
        int result = ProgressBar.Run(terminal, progress =>
        {
            progress(0.5, "epoch 1/2  box 1.250 [x]" + new string('.', 100));
            terminal.WriteLine("a line above");
            return 7;
        });
        string text = written.ToString();
        Assert.Equal(7, result);
        Assert.Contains("epoch 1/2  box 1.250 [x]", text, StringComparison.Ordinal);
        Assert.Contains("a line above", text, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('.', 60), text, StringComparison.Ordinal);     // one line, whatever the text
        Assert.EndsWith("\e[?25h", text.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void RedirectedOutput_HasNoBar()
    {
        bool told = false;
        Assert.Equal(3, new Output(json: false, quiet: true).Track(progress =>
        {
            progress(0.5, "text");
            told = true;
            return 3;
        }));
        Assert.True(told);
    }

    [Fact]
    public void ErrorsOfTheWork_AreRethrownUnchanged()
    {
        GraftException error = new(Failure.Data, "broken");
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(new StringWriter()) });
        Assert.Same(error, Assert.Throws<GraftException>(() => ProgressBar.Run<int>(terminal, _ => throw error)));
    }
}
