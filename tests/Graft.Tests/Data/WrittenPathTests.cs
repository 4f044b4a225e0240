using Graft.Data;

namespace Graft.Tests.Data;

public sealed class WrittenPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WrittenPathTests()
    {
        foreach (string name in (string[])["000.jpg", "train/001.jpg", "a b/002 (1).jpg", "abcd-003.jpg", "4/004.jpg", "100%.jpg", "b%20c.jpg"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.At(name))!);
            File.WriteAllText(_folder.At(name), "");
        }
    }

    [Theory]
    [InlineData("000.jpg", "000.jpg")]
    [InlineData("./000.jpg", "000.jpg")]
    [InlineData(" 000.jpg ", "000.jpg")]
    [InlineData("train/../000.jpg", "000.jpg")]
    [InlineData("train\\001.jpg", "train/001.jpg")]
    [InlineData(".\\train\\001.jpg", "train/001.jpg")]
    [InlineData("C:\\data\\set\\train\\001.jpg", "train/001.jpg")]
    [InlineData("d:/data/000.jpg", "000.jpg")]
    [InlineData("\\\\server\\share\\000.jpg", "000.jpg")]
    [InlineData("/home/somebody/set/train/001.jpg", "train/001.jpg")]
    [InlineData("/data/upload/4/000.jpg", "000.jpg")]
    [InlineData("/data/upload/4/004.jpg", "4/004.jpg")]
    [InlineData("upload\\4\\abcd-003.jpg", "abcd-003.jpg")]
    [InlineData("upload/4/abcd-003.jpg", "abcd-003.jpg")]
    [InlineData("http://host/x/000.jpg?d=1", "000.jpg")]
    [InlineData("https://host:8080/000.jpg#top", "000.jpg")]
    [InlineData("https://host/a%20b/002%20%281%29.jpg", "a b/002 (1).jpg")]
    [InlineData("file:///C:/x/train/001.jpg", "train/001.jpg")]
    [InlineData("s3://bucket/set/000.jpg", "000.jpg")]
    [InlineData("/data/local-files/?d=set/train/001.jpg", "train/001.jpg")]
    [InlineData("100%.jpg", "100%.jpg")]
    [InlineData("b%20c.jpg", "b%20c.jpg")]
    [InlineData("a%20b/002 (1).jpg", "a b/002 (1).jpg")]
    public void Find_TakesTheFileThatIsMeant(string written, string expected)
        => Assert.Equal(_folder.At(expected), WrittenPath.Find(_folder.Path, written));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("009.jpg")]
    [InlineData("other/000.jpg")]
    [InlineData("other\\000.jpg")]
    [InlineData("C:\\data\\009.jpg")]
    [InlineData("http://host")]
    [InlineData("000.jpg\0")]
    [InlineData("train")]
    [InlineData("%")]
    public void Find_GivesNullForWhatIsNotThere(string written) => Assert.Null(WrittenPath.Find(_folder.Path, written));

    [Fact]
    public void Find_PrefersTheNameAsWritten()
    {
        File.WriteAllText(_folder.At("train\\001.jpg"), "");
        Assert.Equal(_folder.At("train\\001.jpg"), WrittenPath.Find(_folder.Path, "train\\001.jpg"));
    }

    public void Dispose() => _folder.Dispose();
}
