namespace Graft.Files.Tests;

[SideBySide]
public sealed class PartialFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FinishedFile_IsInItsPlace()
    {
        string target = _folder.Write("film.mp4", "old");
        using (PartialFile file = new(target, ".partial.mp4"))
        {
            Assert.Equal(target + ".partial.mp4", file.Path);
            File.WriteAllText(file.Path, "new");
            Assert.Equal("old", File.ReadAllText(target));
            file.Finish();
        }

        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void UnfinishedFile_LeavesTheOldOneAndNothingElse()
    {
        string target = _folder.Write("film.mp4", "old");
        using (PartialFile file = new(target))
        {
            File.WriteAllText(file.Path, "half");
        }

        new PartialFile(_folder.At("absent", "film.mp4")).Dispose();
        Assert.Equal("old", File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFiles(_folder.Path));
    }
}
