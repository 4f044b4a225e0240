using CsCheck;
using Graft.Data;
using Graft.Torch.Images;

namespace Graft.Tests.Data;

public sealed class ImageReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, int, bool> Orientations()
    {
        TheoryData<string, int, bool> cases = [];
        foreach (string format in (string[])["jpg", "jpg-late", "png", "png-late", "webp", "webp-prefix", "tif8", "tif16"])
        {
            for (int orientation = 1; orientation <= 8; orientation++)
            {
                cases.Add(format, orientation, orientation % 2 == 0);
                cases.Add(format, orientation, orientation % 2 != 0);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Orientation_IsAppliedInEveryFormat(string format, int orientation, bool little)
    {
        using Image stored = ImageFiles.Uneven();
        string path = Write("image." + format, ImageFiles.Turned(stored, format, orientation, little));
        using Image upright = Image.Load(path);
        (int width, int height) = orientation >= 5 ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        Assert.Equal((width, height), (upright.Width, upright.Height));
        Assert.Equal((width, height), Image.ReadSize(path));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int fromX, int fromY) = orientation switch
                {
                    1 => (x, y),
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, width - 1 - x),
                    7 => (height - 1 - y, width - 1 - x),
                    _ => (height - 1 - y, x),
                };
                for (int c = 0; c < 3; c++)
                {
                    // JPEG blurs the borders between the colours.
                    bool edge = fromX is >= 17 and <= 22 || fromY is >= 9 and <= 14, jpeg = format.StartsWith("jpg", StringComparison.Ordinal);
                    int difference = Math.Abs(stored.Row(fromY)[(fromX * 3) + c] - upright.Row(y)[(x * 3) + c]);
                    Assert.True(difference <= (jpeg ? edge ? 255 : 40 : 0), $"{x}, {y}: {difference}");
                }
            }
        }
    }

    [Fact]
    public void BrokenExif_IsNoOrientation()
    {
        using Image stored = ImageFiles.Uneven();
        byte[] jpeg = stored.Encode(".jpg"), exif = ImageFiles.Exif(6, little: true);
        Law.Holds(
            Gen.Select(Gen.Int[0, exif.Length], Gen.Select(Gen.Int[0, exif.Length - 1], Gen.Byte).Array[0, 3]),
            damage =>
            {
                byte[] broken = exif[..damage.Item1];
                foreach ((int at, byte value) in damage.Item2.Where(change => change.Item1 < broken.Length))
                {
                    broken[at] = value;
                }

                string path = Write("image.jpg", ImageFiles.WithSegment(jpeg, broken));
                using Image image = Image.Load(path);
                Assert.Equal((image.Width, image.Height), Image.ReadSize(path));
            },
            300);

        foreach (int orientation in (int[])[0, 9, 255])
        {
            using Image image = Image.Decode(ImageFiles.WithSegment(jpeg, ImageFiles.Exif(orientation, little: false)));
            Assert.Equal((40, 24), (image.Width, image.Height));
        }
    }

    [Theory]
    [InlineData(null, 15, 0x10)]
    [InlineData(12, 255, 0x10F)]
    [InlineData(10, 255, 0x10F)]
    [InlineData(16, 15, 0x10)]
    public void SixteenBits_AreDividedByTheDepth(int? depth, int bright, int level)
    {
        using Image image = Image.Decode(ImageFiles.Deep(5, 4, level, 4080), new ImageReading { Depth = depth });
        Assert.Equal((16, 4080), (image.Bits, image.Brightest));
        Assert.Equal(bright, image.Row(0)[0]);
        Assert.Equal(depth == 10 ? 0x10F >> 2 : depth == 12 ? 0x10F >> 4 : 0, image.Row(1)[1]);
    }

    [Fact]
    public void SixteenBitTiff_IsDividedToo()
    {
        using Image stored = ImageFiles.Uneven();
        using Image image = Image.Decode(ImageFiles.Tiff(stored, 16, little: true));
        Assert.Equal(16, image.Bits);
        Assert.Equal(stored.Row(3).ToArray(), image.Row(3).ToArray());
    }

    [Fact]
    public void FloatingPointValues_AreRefused()
    {
        using Image stored = ImageFiles.Uneven();
        GraftException error = Assert.Throws<GraftException>(() => Image.Decode(ImageFiles.Tiff(stored, 32, little: true)).Dispose());
        Assert.Contains("floating-point", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GreyPaletteAndAlpha_GiveTheColoursThatAreStored()
    {
        byte[] palette = ImageFiles.Chunk("PLTE", [0, 0, 0, 10, 20, 30, 200, 100, 50]);
        Check(ImageFiles.Png(2, 1, 8, 3, _ => [1, 2], palette), [30, 20, 10, 50, 100, 200]);
        Check(ImageFiles.Png(2, 1, 8, 0, _ => [7, 250]), [7, 7, 7, 250, 250, 250]);
        Check(ImageFiles.Png(2, 1, 1, 0, _ => [0b0100_0000]), [0, 0, 0, 255, 255, 255]);
        Check(ImageFiles.Png(2, 1, 8, 4, _ => [7, 255, 250, 128]), [7, 7, 7, 250, 250, 250]);
        Check(ImageFiles.Png(2, 1, 8, 6, _ => [1, 2, 3, 255, 4, 5, 6, 128]), [3, 2, 1, 6, 5, 4]);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("GIF89a......", "a GIF file")]
    [InlineData("no image\n", "a text file")]
    [InlineData("<!DOCTYPE html><html>", "a web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull")]
    [InlineData("\0\0\0\u001cftypheic", "a HEIC file")]
    [InlineData("\0\0\0\0\0\0\0\0", "zero bytes only")]
    public void FilesThatAreNotImages_AreNamed(string text, string expected)
    {
        string path = Write("a.jpg", System.Text.Encoding.Latin1.GetBytes(text));
        GraftException error = Assert.Throws<GraftException>(() => Image.Load(path).Dispose());
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Throws<GraftException>(() => Image.ReadSize(path));
    }

    [Fact]
    public void TooLarge_IsNotUnreadable()
    {
        byte[] png = ImageFiles.Png(70000, 70000, 8, 0, _ => []);
        string path = Write("a.png", png);
        Assert.Contains("70000 x 70000", Assert.Throws<GraftException>(() => Image.Load(path).Dispose()).Message, StringComparison.Ordinal);
        Assert.Contains("too large", Assert.Throws<GraftException>(() => Image.ReadSize(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".bmp")]
    [InlineData(".tif")]
    [InlineData(".webp")]
    [InlineData(".ppm")]
    [InlineData(".ras")]
    public void OnePixel_IsAnImage(string extension)
    {
        using Image image = new(1, 1, Colour.Grey(77));
        string path = Write("a" + extension, image.Encode(extension));
        using Image read = Image.Load(path);
        Assert.Equal((1, 1), (read.Width, read.Height));
        Assert.Equal((1, 1), Image.ReadSize(path));
        Assert.InRange(read.Row(0)[0], 75, 79);
    }

    [Theory]
    [InlineData(".jp2")]
    [InlineData(".dib")]
    [InlineData(".jpe")]
    [InlineData(".pgm")]
    [InlineData(".pnm")]
    [InlineData(".sr")]
    public void OtherFormats_AreRead(string extension)
    {
        using Image image = ImageFiles.Uneven(64, 48);
        using Image stored = extension == ".pgm" ? image.ToGrey() : image.Copy();
        string path = Write("a" + extension, stored.Encode(extension));
        Assert.True(ImageList.IsImage(path));
        using Image read = Image.Load(path);
        Assert.Equal((64, 48, 3), (read.Width, read.Height, read.Channels));
        Assert.Equal((64, 48), Image.ReadSize(path));
    }

    public void Dispose() => _folder.Dispose();

    private static void Check(byte[] file, byte[] expected)
    {
        using Image image = Image.Decode(file);
        Assert.Equal(expected, image.Row(0).ToArray());
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder.At(name), bytes);
        return _folder.At(name);
    }
}
