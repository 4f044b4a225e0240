using Graft.Runtime.Preprocessing;
using Graft.Torch.Images;
using RuntimeFiles = Graft.Runtime.Preprocessing.ImageFiles;
using TestFiles = Graft.Tests.Data.ImageFiles;

namespace Graft.Runtime.Tests.Preprocessing;

/// <summary>Decoded pixels equal those of training, which reads JPEG and PNG with libjpeg and libpng, others with OpenCV.</summary>
public sealed class DecodeParityTests
{
    private readonly PreprocessingBuffers _buffers = new();
    private readonly Random _random = new(1);

    [Fact]
    public void Jpeg_of_every_kind_is_equal()
    {
        string[] files = Directory.GetFiles(Shared.Golden("images"), "*.jpg");
        Assert.NotEmpty(files);
        Assert.All(files, path => Compare(File.ReadAllBytes(path), path));
    }

    [SharedFact]
    public void Jpeg_of_real_boards_is_equal()
    {
        string[] files = Directory.GetFiles(Shared.PathOf("data", "deeppcb-mini"), "*.jpg", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, path => Compare(File.ReadAllBytes(path), path));
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".bmp")]
    [InlineData(".webp")]
    public void Files_that_OpenCV_writes_are_equal(string extension)
    {
        for (int i = 0; i < 20; i++)
        {
            int width = _random.Next(1, 90), height = _random.Next(1, 90);
            using Image colour = RandomImages.Native(RandomImages.Bytes(_random, width, height, 3), width, height, 3);
            using Image gray = colour.ToGrey();
            Compare(colour.Encode(extension, 80), extension);
            Compare(gray.Encode(extension, 80), extension);
        }
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0, 2, 1)]
    [InlineData(0, 4, 1)]
    [InlineData(0, 8, 1)]
    [InlineData(0, 16, 1)]
    [InlineData(2, 8, 3)]
    [InlineData(2, 16, 3)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 4, 1)]
    [InlineData(3, 8, 1)]
    [InlineData(4, 8, 2)]
    [InlineData(4, 16, 2)]
    [InlineData(6, 8, 4)]
    [InlineData(6, 16, 4)]
    public void Png_of_every_kind_is_equal(int kind, int bits, int values)
    {
        const int Width = 37;
        byte[][] before = kind == 3 ? [TestFiles.Chunk("PLTE", Noise(3 << bits)), TestFiles.Chunk("tRNS", Noise(1 << bits))] : [];
        Compare(TestFiles.Png(Width, 21, bits, kind, _ => Noise(((Width * bits * values) + 7) / 8), before), $"kind {kind}, {bits} bits");
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("jpg-late")]
    [InlineData("png")]
    [InlineData("png-late")]
    [InlineData("webp")]
    [InlineData("webp-prefix")]
    public void Orientation_is_applied(string format)
    {
        using Image stored = TestFiles.Uneven();
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            Compare(TestFiles.Turned(stored, format, orientation, little: true), $"{format} {orientation}");
            Compare(TestFiles.Turned(stored, format, orientation, little: false), $"{format} {orientation}");
        }
    }

    [Fact]
    public void Bad_files_are_named()
    {
        using TemporaryFolder folder = new();
        using Image image = TestFiles.Uneven();
        byte[] jpeg = image.Encode(".jpg"), png = image.Encode(".png");
        (string Name, byte[] Bytes, string Reason)[] files =
        [
            ("empty.jpg", [], "empty"), ("text.jpg", [.. "no image at all"u8], "no known format"), ("cut.jpg", jpeg[..^20], "cut off"),
            ("cut.png", png[..^30], "cut off"), ("board.tif", TestFiles.Tiff(image, 8, little: true), "TIFF"),
        ];
        foreach ((string name, byte[] bytes, string reason) in files)
        {
            string path = Path.Combine(folder.Path, name);
            File.WriteAllBytes(path, bytes);
            OnnxDetectorException error = Assert.Throws<OnnxDetectorException>(() => RuntimeFiles.Load(path, _buffers).Width);
            Assert.Equal(FailureKind.Data, error.Kind);
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }

        string missing = Path.Combine(folder.Path, "missing.png");
        OnnxDetectorException absent = Assert.Throws<OnnxDetectorException>(() => RuntimeFiles.Load(missing, _buffers).Width);
        Assert.StartsWith(missing, absent.Message, StringComparison.Ordinal);
    }

    private byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private void Compare(byte[] file, string name)
    {
        using Image expected = Image.Decode(file);
        PixelView actual = RuntimeFiles.Decode(file, _buffers);
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        int step = RowSource.StepOf(actual.Format);
        for (int y = 0; y < actual.Height; y++)
        {
            ReadOnlySpan<byte> row = new RowSource(actual).Read(y, []);
            Span<byte> wanted = expected.Row(y);
            for (int i = 0; i < wanted.Length; i++)
            {
                int value = row[step == 1 ? i / 3 : (i / 3 * step) + (i % 3)];
                if (wanted[i] != value)
                {
                    // Not Assert.True: it would write the message of each of 442 million values.
                    Assert.Fail($"{name}: {value} instead of {wanted[i]} at column {i / 3}, row {y}");
                }
            }
        }
    }
}
