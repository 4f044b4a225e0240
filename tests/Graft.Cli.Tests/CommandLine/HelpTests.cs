using System.CommandLine;
using System.Text.RegularExpressions;
using Graft.Cli.CommandLine;

namespace Graft.Cli.Tests.CommandLine;

/// <summary>Help texts and docs/cli.md match the definitions of the commands.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Commands => [.. All().Select(command => command.FullName)];

    [Fact]
    public void Overview_ListsEveryCommand()
    {
        string overview = CommandTree.Help([]);
        int width = CommandTree.Nodes.Max(node => node.Name.Length) + 2;
        Assert.All(CommandTree.Nodes, node => Assert.Contains($"  {node.Name.PadRight(width)}{node.Summary}\n", overview, StringComparison.Ordinal));
        Assert.Contains("Exit codes: 0 done", overview, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Page_HasEveryOption_AndNamesNoOther(string name)
    {
        CliCommand command = All().Single(one => one.FullName == name);
        string page = CommandTree.Help(name.Split(' '));
        Assert.StartsWith($"graft {name}: {command.Summary}\n", page, StringComparison.Ordinal);
        Assert.All(command.Definition.Options, option => Assert.Matches($@"\n  {Regex.Escape(option.Name)}\b.*", page));
        Assert.All(command.Definition.Options, option => Assert.False(string.IsNullOrEmpty(option.Description)));
        HashSet<string> known = [.. command.Definition.Options.Select(option => option.Name), "--options"];
        Assert.All(OptionName().Matches(page), match => Assert.Contains(match.Value, known));
        Assert.All(page.Split('\n'), line => Assert.InRange(line.Length, 0, 140));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Documentation_HasEveryOption(string name)
    {
        CliCommand command = All().Single(one => one.FullName == name);
        string section = Section(name.Split(' ')[0]);
        Assert.Contains($"graft {name}", section, StringComparison.Ordinal);
        HashSet<string> common = [.. command.Common.All.Append(command.Common.CfgOptions).Select(option => option.Name)];
        foreach (Option option in command.Definition.Options.Where(option => !common.Contains(option.Name)))
        {
            Assert.Matches($@"{Regex.Escape(option.Name)}\b(?!-)", section);
        }
    }

    [Fact]
    public void Documentation_NamesNoOptionThatDoesNotExist()
    {
        HashSet<string> known = [.. All().SelectMany(command => command.Definition.Options).Select(option => option.Name), "--options", .. Settings.ShortNames.Select(name => $"--{name}")];
        Assert.All(OptionName().Matches(Page()), match => Assert.Contains(match.Value.Replace('_', '-'), known));
        Assert.All(new CommonOptions().All, option => Assert.Contains(option.Name, Page(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bench", "Usage: graft bench ACTION")]
    [InlineData("bench infer", "graft bench infer CONFIG|RUN|FILE...")]
    [InlineData("predict", "0 to 1 [1]")]
    public void HelpOfACommand_IsItsPage(string words, string expected) => Assert.Contains(expected, CommandTree.Help(words.Split(' ')), StringComparison.Ordinal);

    [Fact]
    public void HelpOfNoCommand_GetsASuggestion()
    {
        Assert.Equal("Did you mean 'graft train'?", Assert.Throws<GraftException>(() => CommandTree.Help(["trian"])).Hint);
        Assert.Equal("Did you mean 'combine'?", Assert.Throws<GraftException>(() => CommandTree.Help(["peft", "combin"])).Hint);
    }

    private static IEnumerable<CliCommand> All()
        => CommandTree.Nodes.SelectMany(node => node is CommandGroup group ? group.Actions : [(CliCommand)node]);

    private static string Page() => File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "cli.md"));

    /// <summary>The part of the page under the heading of a command.</summary>
    private static string Section(string name)
        => Headings().Split(Page()).SingleOrDefault(part => part.StartsWith($"graft {name}\n", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"docs/cli.md has no heading 'graft {name}'.");

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9_-]*")]
    private static partial Regex OptionName();

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
