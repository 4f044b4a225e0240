using Graft.Data;

namespace Graft.Tests.Data;

public sealed class ImageListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void LinksBack_AreNotEntered()
    {
        Touch("images/train/000.jpg", "images/train/deep/001.jpg", "images/val/002.jpg");
        Link("images/train/loop", "../..");
        Link("images/train/self", ".");
        Link("images/train/deep/up", "..");
        Link("images/train/nowhere", "missing");
        Link("images/train/around", "around");
        Assert.Equal([_folder.At("images", "train", "000.jpg"), _folder.At("images", "train", "deep", "001.jpg")], In("images/train"));
    }

    [Fact]
    public void LinkedFolder_IsEnteredOnce_AndAfterTheRealOne()
    {
        Touch("set/real/000.jpg", "other/001.jpg");
        Link("set/a", "real");
        Link("set/b", "../other");
        Link("set/c", "../other");
        Link("elsewhere", "set");
        Assert.Equal([_folder.At("set", "b", "001.jpg"), _folder.At("set", "real", "000.jpg")], In("set"));
        Assert.Equal(2, In("elsewhere").Count);
    }

    [Fact]
    public void HiddenFilesAndFolders_AreSkipped()
    {
        Touch("s/000.jpg", "s/._000.jpg", "s/.thumbnails/1.png", "s/@eaDir/2.jpg", "s/__MACOSX/3.jpg", "s/sub/.hidden.png");
        Assert.Equal([_folder.At("s", "000.jpg")], In("s"));
        Touch(".hidden/4.jpg");
        Assert.Single(In(".hidden"));
    }

    [Fact]
    public void EveryReadableExtension_IsAnImage_OthersAreNamed()
    {
        Touch("s/0.JPG", "s/1.jfif", "s/2.jpe", "s/3.dib", "s/4.jp2", "s/5.TIFF", "s/6.webp", "s/7.pgm", "s/8.gif", "s/9.HEIC", "s/a.avif", "s/b.txt");
        Assert.Equal(8, In("s").Count);
        Assert.Equal(["8.gif", "9.HEIC", "a.avif"], ImageList.Unreadable(_folder.At("s")).Select(Path.GetFileName));
        Touch("t/0.heic");
        Assert.Contains("0.heic", Assert.Throws<GraftException>(() => In("t")).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ListFile_TakesWhatEditorsAndSystemsWrite()
    {
        Touch("s/000.jpg", "s/sub/001.jpg", "s/#2.jpg");
        string list = _folder.Write("s/list.txt", "\uFEFF# images\r\n./000.jpg\r\n\r\nsub\\001.jpg\r\n#2.jpg\r\nC:\\x\\sub\\001.jpg\r\nmissing.jpg\r\n");
        Assert.Equal(
            [_folder.At("s", "000.jpg"), _folder.At("s", "sub", "001.jpg"), _folder.At("s", "#2.jpg"), _folder.At("s", "sub", "001.jpg"), _folder.At("s", "missing.jpg")],
            ImageList.InListFile(list));
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<string> In(string folder) => ImageList.InFolder(_folder.At(folder));

    private void Touch(params string[] names) => Array.ForEach(names, name => _folder.Write(name, ""));

    private void Link(string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.At(name))!);
        File.CreateSymbolicLink(_folder.At(name), target);
    }
}
