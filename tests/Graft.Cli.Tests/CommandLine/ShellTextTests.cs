using System.Diagnostics;
using Graft.Files;

namespace Graft.Cli.Tests.CommandLine;

/// <summary>Command lines in messages can be copied into a shell, whatever their paths are called.</summary>
public sealed class ShellTextTests
{
    [Theory]
    [InlineData("runs/line-3", "runs/line-3")]
    [InlineData("train.epochs=100", "train.epochs=100")]
    [InlineData("line 3", "\"line 3\"")]
    [InlineData("", "\"\"")]
    [InlineData("불량/데이터", "불량/데이터")]
    [InlineData("cost $5 'a'", "'cost $5 '\\''a'\\'''")]
    public void AWord_IsQuotedWhereItMust(string word, string expected) => Assert.Equal(expected, ShellText.Quoted(word));

    [Fact]
    public void AShell_ReadsTheSameWords()
    {
        string[] words = ["plain", "two words", "it's", "a\"b", "$HOME", "`date`", "a;b|c&d", "*", "~", "#x", "back\\slash", "!1", "", "(x)", "{a,b}", "a=b c"];
        using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", ShellText.Line(words.Prepend("%s\\n").Prepend("printf"))]) { RedirectStandardOutput = true })!;
        Assert.Equal(string.Concat(words.Select(word => word + "\n")), shell.StandardOutput.ReadToEnd());
        shell.WaitForExit();
    }
}
