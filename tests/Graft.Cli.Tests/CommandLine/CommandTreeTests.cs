using System.CommandLine;
using Graft.Cli.CommandLine;

namespace Graft.Cli.Tests.CommandLine;

/// <summary>Which command a line runs, and what completion offers.</summary>
public sealed class CommandTreeTests
{
    [Theory]
    [InlineData("bench", "roofline", "")]
    [InlineData("bench --threads 2", "roofline", "--threads 2")]
    [InlineData("bench --repeat 3 infer x --json", "infer", "--repeat 3 x --json")]
    [InlineData("vlm --lora none --quiet check m", "check", "--lora none --quiet m")]
    [InlineData("config imgsz=64 show x", "show", "imgsz=64 x")]
    public void Action_IsFoundAmongOptions(string line, string action, string left)
    {
        string[] words = line.Split(' ');
        CommandGroup group = Assert.IsType<CommandGroup>(CommandTree.Find(words[0]));
        (CliCommand found, IReadOnlyList<string> rest) = Assert.NotNull(group.Find(words[1..]));
        Assert.Equal((action, left), (found.Name, string.Join(' ', rest)));
    }

    [Theory]
    [InlineData("trian", "There is no command 'trian'.", "Did you mean 'graft train'?")]
    [InlineData("peft", "An action is missing.", "graft peft --help lists them.")]
    [InlineData("peft mrege x", "graft peft has no action 'mrege'.", "Did you mean 'merge'?")]
    [InlineData("bench infer", "CONFIG, RUN or FILE is missing.", null)]
    [InlineData("bench infer x --adapters 3", "There is no option --adapters.", null)]
    [InlineData("predict run", "IMAGE, DIR or VIDEO is missing.", null)]
    [InlineData("adapter add one --out x", "FILE is expected 2 times; found 1.", null)]
    [InlineData("train a b", "One CONFIG is expected; found a, b.", null)]
    [InlineData("demo here", "No argument is expected here; found here.", null)]
    [InlineData("vlm train m c --out d", "--stage is missing.", "Add --stage vision|resampler|finetune.")]
    [InlineData("vlm views a --out b --crop rsize", "--crop is 'rsize', expected e2p, anyres_e2p, sliding_window, cubemap, resize, anyres or anyres_max.", "Did you mean 'resize'?")]
    [InlineData("merge run --out x --tolerence 1", "There is no option --tolerence.", "Did you mean --tolerance?")]
    public void Mistakes_AreNamed(string line, string message, string? hint)
    {
        string[] words = line.Split(' ');
        GraftException error = Assert.Throws<GraftException>(() => CommandTree.Execute(words[0], words[1..]));
        Assert.Equal((Failure.Usage, message, hint ?? "graft COMMAND --help lists the options."), (error.Failure, error.Message, error.Hint));
    }

    [Theory]
    [InlineData("graft tr", "train", "merge")]
    [InlineData("graft peft ", "combine", "train")]
    [InlineData("graft train --b", "--base", "--data")]
    [InlineData("graft val --split ", "train", "--data")]
    [InlineData("graft train start/", "start/scratch", "yolo_world/v2_n")]
    [InlineData("graft train start/scratch epochs=3 --wo", "--work-dir", "--base")]
    [InlineData("graft bench inf", "infer", "roofline")]
    [InlineData("graft bench ", "swap", "-?")]
    public void Completion_OffersWhatFits(string line, string offered, string left)
    {
        string[] words = [.. CommandTree.Root().Parse(line).GetCompletions().Select(item => item.Label)];
        Assert.Contains(offered, words);
        Assert.DoesNotContain(left, words);
    }

    [Fact]
    public void SuggestDirective_PrintsOneWordPerLine()
        => Assert.Equal("--base\n", GraftCli.Run("[suggest:15]", "graft train --b").Succeeds().Output.ReplaceLineEndings("\n"));
}
