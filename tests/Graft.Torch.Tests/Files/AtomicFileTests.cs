using Graft.Files;

namespace Graft.Torch.Tests.Files;

[SideBySide]
public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-atomic").FullName;

    [Fact]
    public void Write_MakesFoldersAndReplacesTheOldFile()
    {
        string path = Path.Combine(_folder, "deep", "down", "file.txt");
        AtomicFile.WriteText(path, "first, which is longer");
        AtomicFile.WriteText(path, "second");
        Assert.Equal("second", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void FailureWhileWriting_LeavesTheOldFileAndNothingElse()
    {
        string path = Path.Combine(_folder, "file.txt");
        AtomicFile.WriteText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half a"u8);
            throw new InvalidOperationException("stop");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void PartialFileOfAKilledSave_DoesNotDisturbTheNextOne()
    {
        string path = Path.Combine(_folder, "file.txt");
        File.WriteAllText(path + ".partial", "what a killed process left, longer than the new text");
        AtomicFile.WriteText(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void FullDisk_IsReportedWithTheName()
    {
        GraftException error = Assert.Throws<GraftException>(() => AtomicFile.Write(Path.Combine(_folder, "file.txt"), stream =>
        {
            using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write);
            full.Write(new byte[1 << 16]);
            full.Flush(flushToDisk: true);
        }));
        Assert.Contains("file.txt", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void FolderInPlaceOfTheFile_IsARuntimeFailure()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "taken"));
        GraftException error = Assert.Throws<GraftException>(() => AtomicFile.WriteText(Path.Combine(_folder, "taken"), "text"));
        Assert.Equal(Failure.Runtime, error.Failure);
        Assert.Contains("taken", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
