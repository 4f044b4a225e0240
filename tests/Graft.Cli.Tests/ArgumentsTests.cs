namespace Graft.Cli.Tests;

/// <summary>The command line taken apart, without running a command.</summary>
public sealed class ArgumentsTests
{
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
        Arguments arguments = Parse(line);
        GraftException error = Assert.Throws<GraftException>(() =>
        {
            _ = arguments.Number("conf", 0.25, 0, 1);
            _ = arguments.Integer("side", 640, 32, 8192, multiple: 32);
            _ = arguments.Numbers("weights");
            _ = arguments.Choice("split", "val", "train");
        });
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(hint ?? "graft COMMAND --help lists the options.", error.Hint);
    }

    [Fact]
    public void OptionWithoutDashes_IsTheOption()
    {
        Arguments arguments = Arguments.Parse(["device=cpu", "split=val", "data=x", "text_model=y", "epochs=3"], "split=", "data=", "text-model=");
        Assert.Equal(["cpu", "val", "x", "y"], new[] { "device", "split", "data", "text-model" }.Select(arguments.Value));
        Assert.Equal(["train.epochs=3"], arguments.Overrides);
        Assert.Equal("--seed is 99999999999, expected at most 2147483647.", Assert.Throws<GraftException>(() => Parse("--seed 99999999999").Integer("seed", 0, 0)).Message);
    }

    [Fact]
    public void Out_IsNeverAFolder_NorWhatIsRead()
    {
        string root = Directory.CreateTempSubdirectory().FullName, file = Path.Combine(root, "base.safetensors"), run = Path.Combine(root, "run");
        try
        {
            File.WriteAllText(file, "");
            Directory.CreateDirectory(Path.Combine(run, "weights"));
            File.WriteAllText(Path.Combine(run, "weights", "best.safetensors"), "");
            File.CreateSymbolicLink(Path.Combine(root, "link.safetensors"), file);
            foreach (string wrong in new[] { root, file, Path.Combine(root, "link.safetensors"), Path.Combine(run, "weights", "best.safetensors"), root + Path.DirectorySeparatorChar })
            {
                Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => OutFile.Of(Arguments.Parse(["--out", wrong], "out="), file, run)).Failure);
            }

            string free = Path.Combine(root, "new", "merged.safetensors");
            Assert.Equal(free, OutFile.Of(Arguments.Parse(["--out", free], "out="), file, run, null));
            Assert.Throws<GraftException>(() => OutFile.Folder(Arguments.Parse(["--out", file], "out="), run));
            Assert.Throws<GraftException>(() => OutFile.Folder(Arguments.Parse(["--out", run], "out="), run));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory]
    [InlineData("--conf=", "--conf needs a value; found nothing after '='.")]
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
    public void LastOfTwoSettings_Counts_AndIsSaid()
    {
        Arguments arguments = Parse("epochs=3 train.epochs=4 batch=2");
        Assert.Equal(["train.epochs=4", "train.batch=2"], arguments.Overrides);
        Assert.Equal(["train.epochs is given twice: 3 and 4; the last counts"], arguments.Remarks);
    }

    [Fact]
    public void RightValues_AreRead()
    {
        Arguments arguments = Parse("model --conf 3e-1 --conf=3e-1 --side 64 --weights 1,-.5 --split train --verbose epochs=3");
        Assert.Equal(0.3, arguments.Number("conf", 0.25, 0, 1));
        Assert.Equal(64, arguments.Integer("side", 640, 32, 8192, multiple: 32));
        Assert.Equal([1, -0.5], arguments.Numbers("weights")!);
        Assert.Equal("train", arguments.Choice("split", "val", "train"));
        Assert.True(arguments.Verbose);
        Assert.Equal(["model"], arguments.Targets);
        Assert.Equal(["train.epochs=3"], arguments.Overrides);
        Assert.Equal(7, arguments.Integer("seed", 7, 0));
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

    private static Arguments Parse(string line) => Arguments.Parse(line.Split(' '), "conf=", "side=", "weights=", "split=", "imgsz=");
}
