using Graft.Files;

namespace Graft.Torch.Tests.Files;

/// <summary>What is written does not replace what is read.</summary>
public sealed class InputPathsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReplacedBy_FollowsLinks_AndKnowsTheFilesOfAFolder()
    {
        string read = _folder.At("read.pth"), link = _folder.At("link.pth"), other = _folder.At("other.pth"), run = _folder.At("run");
        File.WriteAllText(read, "");
        File.WriteAllText(other, "");
        File.CreateSymbolicLink(link, read);
        Directory.CreateDirectory(Path.Combine(run, "weights"));
        string best = Path.Combine(run, "weights", "best.pth");
        File.WriteAllText(best, "");

        Assert.Equal(read, InputPaths.ReplacedBy(read, [null, read]));
        Assert.Equal(read, InputPaths.ReplacedBy(link, [other, read]));
        Assert.Equal(link, InputPaths.ReplacedBy(read, [link]));
        Assert.Equal(run, InputPaths.ReplacedBy(best, [run]));
        Assert.Null(InputPaths.ReplacedBy(other, [read, run, null]));
        Assert.Null(InputPaths.ReplacedBy(Path.Combine(run, "weights", "new.pth"), [run]));
    }
}
