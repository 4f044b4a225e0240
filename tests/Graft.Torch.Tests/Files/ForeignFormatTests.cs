namespace Graft.Files.Tests;

[SideBySide]
public class ForeignFormatTests
{
    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n", "Git LFS pointer")]
    [InlineData("<!DOCTYPE html><html>", "a web page")]
    [InlineData("GGUF\u0003\0\0\0", "GGUF")]
    [InlineData("hello", "not a weight file")]
    public void FileOfAnotherKind_IsNamed(string content, string kind)
    {
        GraftException error = Assert.Throws<GraftException>(() => WeightFile.Open("x.pth", System.Text.Encoding.Latin1.GetBytes(content)));
        Assert.Contains(kind, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [SharedFact]
    public void TarOfTheFirstPyTorch_IsTooOld()
    {
        GraftException error = Assert.Throws<GraftException>(() => WeightFile.Open(Shared.PathOf("golden", "panovlm", "formats",
            "tar_0_1_9.pth")));
        Assert.Contains("too old", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderAndMissingFile_AreNamed()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("folder", Assert.Throws<GraftException>(() => WeightFile.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<GraftException>(() => WeightFile.Open(folder.At("a.pth"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ZipUnderTheNameOfSafetensors_IsRefused()
    {
        using TemporaryFolder folder = new();
        NpzWriter.Write(folder.At("a.npz"), [WeightData.From("a", [1f], 1)]);
        File.Move(folder.At("a.npz"), folder.At("a.safetensors"));
        Assert.Throws<GraftException>(() => WeightFile.Open(folder.At("a.safetensors")));
    }

    [Fact]
    public void ClosedFile_GivesNoBytes()
    {
        using TemporaryFolder folder = new();
        NpzWriter.Write(folder.At("a.npz"), [WeightData.From("a", [1f], 1)]);
        WeightFile file = WeightFile.Open(folder.At("a.npz"));
        WeightEntry entry = file["a"];
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => entry.ToSingles());
    }
}
