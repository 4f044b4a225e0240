using Graft.Data;

namespace Graft.Tests.Data;

/// <summary>Paths written on other systems are resolved.</summary>
public sealed class WrittenPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("images/train/a.png")]
    [InlineData(@"images\train\a.png")]
    [InlineData(@".\images\train\a.png")]
    [InlineData("a.png")]
    [InlineData("/data/upload/4/a.png")]
    [InlineData(@"C:\Users\line 3\a.png")]
    [InlineData("http://host/data/upload/4/a.png?d=upload#x")]
    [InlineData("s3://bucket/some/train/a.png")]
    [InlineData("/data/local-files/?d=upload/4/a.png")]
    public void FileNamesOfCocoFiles_AreFound(string name)
    {
        Write("images/train/a.png");
        Assert.Equal(_folder.At("images", "train", "a.png"), Open(name).Images.Single().Path);
    }

    [Theory]
    [InlineData(@"images\train\a.png")]
    [InlineData("/data/upload/4/a.png")]
    [InlineData("https://host/my%20a.png")]
    public void LastPartOfAName_IsTriedInAGivenFolder(string name)
    {
        Write("elsewhere/a.png", "elsewhere/my a.png");
        DetectionImage image = Open(name, new DataOptions { TrainImages = "elsewhere" }).Images.Single();
        Assert.Equal(_folder.At("elsewhere", name.Contains("my", StringComparison.Ordinal) ? "my a.png" : "a.png"), image.Path);
    }

    [Fact]
    public void TwoImagesThatWouldBeOneFile_AreRefused()
    {
        Write("images/train/a.png");
        GraftException error = Assert.Throws<GraftException>(() => Open("/upload/1/a.png\", \"width\": 64, \"height\": 64 }, { \"id\": 2, \"file_name\": \"/upload/2/a.png"));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("images 1 (/upload/1/a.png) and 2 (/upload/2/a.png) both mean", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ListFilesAndDataYamlOfWindows_AreFound()
    {
        Write("images/train/a.png", "images/val/b.png");
        _folder.Write("labels/train/a.txt", "0 0.5 0.5 0.5 0.5");
        _folder.Write("labels/val/b.txt", "0 0.5 0.5 0.5 0.5");
        _folder.Write("train.txt", "\uFEFFdata/images/train/a.png\r\nimages\\train\\a.png\r\n\r\n");
        _folder.Write("data.yaml", "train: train.txt\nval: images\\val\nnames: [disc]");
        DetectionData data = DetectionData.Open(new DataOptions { Root = _folder.At("data.yaml") });
        Assert.Equal((1, 1), (data.Train.BoxCount, data.Val.BoxCount));
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
    public void PathsOfListFiles_AreFound(string written, string expected)
    {
        foreach (string name in new[] { "000.jpg", "train/001.jpg", "4/004.jpg", "abcd-003.jpg", "a b/002 (1).jpg", "100%.jpg", "b%20c.jpg" })
        {
            _folder.Write(name, "");
        }

        Assert.Equal(_folder.At(expected), WrittenPath.FindAnywhere(_folder.Path, written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("009.jpg")]
    [InlineData("other/000.jpg")]
    [InlineData("other\\000.jpg")]
    [InlineData("C:\\data\\009.jpg")]
    [InlineData("http://host")]
    [InlineData("000.jpg\0")]
    [InlineData("%")]
    public void PathsOfFilesThatAreNotThere_AreNull(string written)
    {
        _folder.Write("000.jpg", "");
        Assert.Null(WrittenPath.FindAnywhere(_folder.Path, written));
    }

    private DetectionDataset Open(string name, DataOptions? options = null)
    {
        string escaped = name.Contains('"', StringComparison.Ordinal) ? name : name.Replace(@"\", @"\\", StringComparison.Ordinal);
        _folder.Write("annotations/train.json", $$"""
            { "images": [{ "id": 1, "file_name": "{{escaped}}" }], "categories": [{ "id": 1, "name": "disc" }],
              "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20] }] }
            """);
        return DetectionData.OpenSplit((options ?? new DataOptions()) with { Root = _folder.Path }, DataSplit.Train);
    }

    private void Write(params string[] names)
    {
        foreach (string name in names)
        {
            PngFile.Write(_folder, name, 64, 64, level: (byte)name.Length);
        }
    }
}
