using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Commands;
using Graft.Cli.Rendering;

namespace Graft.Cli.Tests.CommandLine;

/// <summary><c>--out</c> is checked before anything is computed.</summary>
public sealed class OutFileTests
{
    [Fact]
    public void Out_IsNeverAFolder_NorWhatIsRead()
    {
        using TemporaryFolder folder = new();
        string root = folder.Path, file = folder.Write("base.safetensors", ""), run = folder.At("run");
        folder.Write("run/weights/best.safetensors", "");
        File.CreateSymbolicLink(folder.At("link.safetensors"), file);
        OutCommand command = new();
        foreach (string wrong in new[] { root, file, folder.At("link.safetensors"), Path.Combine(run, "weights", "best.safetensors"), root + Path.DirectorySeparatorChar })
        {
            Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => OutFile.Of(Parse(wrong), command.Out, file, run)).Failure);
        }

        string free = Path.Combine(root, "new", "merged.safetensors");
        Assert.Equal(free, OutFile.Of(Parse(free), command.Out, file, run, null));
        Assert.False(Directory.Exists(Path.Combine(root, "new")));
        GraftException below = Assert.Throws<GraftException>(() => OutFile.Of(Parse(Path.Combine(file, "new", "merged.safetensors")), command.Out, run));
        Assert.Equal(Failure.Runtime, below.Failure);
        Assert.Contains("merged.safetensors", below.Message, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFileSystemEntries(root).Length);
        Assert.Throws<GraftException>(() => OutFile.Folder(Parse(file), command.Out, run));
        Assert.Throws<GraftException>(() => OutFile.Folder(Parse(run), command.Out, run));
        Assert.Equal("--out is missing.", Assert.Throws<GraftException>(() => Arguments.Parse(command, [])).Message);

        Arguments Parse(string path) => Arguments.Parse(command, ["--out", path]);
    }

    private sealed class OutCommand : CliCommand
    {
        internal OutCommand()
            : base("out", "has --out")
            => Takes(Out);

        internal Option<string> Out { get; } = OutFile.Option("FILE", "a file");

        protected override int Run(Arguments arguments, Output output) => 0;
    }
}
