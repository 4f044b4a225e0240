using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

namespace Graft.Cli.Tests.CommandLine;

/// <summary>Parsing of the command line, without running a command.</summary>
public sealed class ArgumentsTests
{
    private readonly ProbeCommand _probe = new();

    [Theory]
    [InlineData("--conf 0,3", "--conf: '0,3' is not a number; expected 0 to 1.", "Write 0.3.")]
    [InlineData("--conf 0,05", "--conf: '0,05' is not a number; expected 0 to 1.", "Write 0.05.")]
    [InlineData("--conf 3", "--conf is 3, expected 0 to 1.", null)]
    [InlineData("--conf -1", "--conf is -1, expected 0 to 1.", null)]
    [InlineData("--conf NaN", "--conf: 'NaN' is not a number; expected 0 to 1.", null)]
    [InlineData("--conf 1e999", "--conf: '1e999' is not a number; expected 0 to 1.", null)]
    [InlineData("--conf 0x1", "--conf: '0x1' is not a number; expected 0 to 1.", null)]
    [InlineData("--side 33", "--side is 33, expected a multiple of 32 from 32 to 8192.", "Use 32 or 64.")]
    [InlineData("--side 64.5", "--side is '64.5', expected a whole number, a multiple of 32 from 32 to 8192.", null)]
    [InlineData("--side 99999999999999999999", "--side is '99999999999999999999', expected a whole number", null)]
    [InlineData("--weights 1;2", "--weights: '1;2' is not a number", null)]
    [InlineData("--split vla", "--split is 'vla', expected val or train.", "Did you mean 'val'?")]
    public void WrongValues_AreRefused_WithTheOptionAndWhatIsExpected(string line, string message, string? hint)
    {
        GraftException error = Assert.Throws<GraftException>(() => Parse(line));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(hint ?? "graft COMMAND --help lists the options.", error.Hint);
    }

    [Fact]
    public void OptionWithoutDashes_IsTheOption()
    {
        Arguments arguments = Parse("device=cpu split=val data=x text_model=y epochs=3");
        Assert.Equal(("cpu", "val", "x", "y"), (arguments.Value(_probe.Common.Device), arguments.Value(_probe.Split), arguments.Value(_probe.Data), arguments.Value(_probe.TextModel)));
        Assert.Equal(["train.epochs=3"], arguments.Overrides);
        Assert.Equal("--seed is 99999999999, expected at most 2147483647.", Assert.Throws<GraftException>(() => Parse("--seed 99999999999")).Message);
    }

    [Fact]
    public void WithoutSettings_KeyValueIsAnOptionOrATarget_AndOptionsOfSettingsAreUnknown()
    {
        ProbeCommand probe = new(settings: false);
        Arguments arguments = Arguments.Parse(probe, ["seed=3", "imgsz=64", "a = b", "x=y"]);
        Assert.Equal((3, "64"), (arguments.Value(probe.Common.Seed), arguments.Value(probe.Imgsz)));
        Assert.Equal(["a = b", "x=y"], arguments.Value(probe.Models)!);
        Assert.Empty(arguments.Overrides);
        Assert.Equal("There is no option --epochs.", Assert.Throws<GraftException>(() => Arguments.Parse(probe, ["--epochs", "3"])).Message);
    }

    [Fact]
    public void OptionsOfOtherTools_AreTaken()
    {
        Arguments arguments = Parse("a --cfg-options train.lr=0.1 model.x=[1,2] --text_model t --allow p --allow=q --resume r epochs=1 --resume=r --last b");
        Assert.Equal(["train.lr=0.1", "model.x=[1,2]", "train.epochs=1"], arguments.Overrides);
        Assert.Equal(["a", "b"], arguments.Value(_probe.Models)!);
        Assert.Equal(["p", "q"], arguments.Values(_probe.Allow));
        Assert.Equal(("t", "r", true), (arguments.Value(_probe.TextModel), arguments.Value(_probe.Resume), arguments.Value(_probe.Last)));
        Assert.True(Parse("--resume epochs=3").Has(_probe.Resume));
        Assert.Null(Parse("--resume epochs=3").Value(_probe.Resume));
        Assert.False(Parse("a").Has(_probe.Resume));
    }

    [Fact]
    public void Values_MayLookLikeOptions_ResponseFilesOrDirectives()
    {
        Arguments arguments = Parse("--data -h --text-model=--json @file [suggest] a:b -- --conf -1");
        Assert.Equal(("-h", "--json"), (arguments.Value(_probe.Data), arguments.Value(_probe.TextModel)));
        Assert.Equal(["@file", "[suggest]", "a:b", "--conf", "-1"], arguments.Value(_probe.Models)!);
        Assert.False(arguments.Value(_probe.Common.Json));
        Assert.Equal("\"a: b\" = 'c'\n", Arguments.Parse(_probe, ["--data", "\"a: b\" = 'c'\n"]).Value(_probe.Data));
        Assert.Empty(Parse("").Value(_probe.Models)!);
    }

    [Theory]
    [InlineData("--conf=", "--conf is empty.")]
    [InlineData("--conf", "--conf needs a value.")]
    [InlineData("--conf --json", "--conf needs a value.")]
    [InlineData("--json=true", "--json takes no value; found 'true'.")]
    [InlineData("--conf 0.3 --conf=0.4", "--conf is given twice: 0.3 and 0.4.")]
    [InlineData("-conf 0.3", "There is no option -conf.")]
    [InlineData("--conf-thres 0.3", "There is no option --conf-thres.")]
    [InlineData("batch_size=8", "There is no setting batch_size.")]
    public void WrongForms_AreRefused(string line, string message)
        => Assert.StartsWith(message, Assert.Throws<GraftException>(() => Parse(line)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--conf-thres 0.3", "Did you mean --conf?")]
    [InlineData("--img 640", "Did you mean --imgsz?")]
    [InlineData("batch_size=8", "Did you mean batch=8?")]
    [InlineData("-conf 0.3", "Did you mean --conf?")]
    public void HabitsOfOtherTools_GetASuggestion(string line, string hint)
        => Assert.Equal(hint, Assert.Throws<GraftException>(() => Parse(line)).Hint);

    [Fact]
    public void LastOfTwoSettings_Wins_AndIsReported()
    {
        Arguments arguments = Parse("epochs=3 train.epochs=4 batch=2");
        Assert.Equal(["train.epochs=4", "train.batch=2"], arguments.Overrides);
        Assert.Equal(["train.epochs is given twice: 3 and 4; the last one is used"], arguments.Remarks);
    }

    [Fact]
    public void RightValues_AreRead()
    {
        Arguments arguments = Parse("model --conf 3e-1 --conf=3e-1 --side 64 --weights 1,-.5 --split train --verbose epochs=3");
        Assert.Equal(0.3, arguments.Value(_probe.Conf));
        Assert.Equal(64, arguments.Value(_probe.Side));
        Assert.Equal([1, -0.5], arguments.Value(_probe.Weights)!);
        Assert.Equal("train", arguments.Value(_probe.Split));
        Assert.True(arguments.Value(_probe.Common.Verbose));
        Assert.Equal(["model"], arguments.Value(_probe.Models)!);
        Assert.Equal(["train.epochs=3"], arguments.Overrides);
        Assert.Null(arguments.Value(_probe.Common.Seed));
        Assert.Equal((0.25, 640, "val"), (Parse("").Value(_probe.Conf), Parse("").Value(_probe.Side), Parse("").Value(_probe.Split)));
    }

    [Fact]
    public void UnexpectedErrors_NameNoTypes_AndCausesAreUnwrapped()
    {
        GraftException cause = new(Failure.Data, "images.json:3: a brace is missing.");
        Assert.Same(cause, FailureOutput.Explain(new AggregateException(new TypeInitializationException("Graft.Some", cause)), "train"));
        Assert.Equal("An unexpected error ended graft train.", FailureOutput.Explain(new InvalidCastException("Unable to cast object of type 'System.String'."), "train").Message);
        Assert.Equal("An unexpected error ended graft train: Sequence contains no elements.", FailureOutput.Explain(new InvalidOperationException("Sequence contains no elements."), "train").Message);
        Assert.Equal("There is not enough memory for graft train.", FailureOutput.Explain(new InsufficientMemoryException(), "train").Message);
        Assert.Equal(Failure.Runtime, FailureOutput.Explain(new IOException("disk full"), "train").Failure);
    }

    private Arguments Parse(string line) => Arguments.Parse(_probe, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
