using System.Buffers.Binary;
using Graft.Runtime.Preprocessing;
using Graft.Torch.Images;
using TestFiles = Graft.Tests.Data.ImageFiles;

namespace Graft.Runtime.Tests.Preprocessing;

/// <summary>Every pixel format, stride and depth gives the planes of the same image as BGR or gray of 8 bits.</summary>
public class PixelFormatTests
{
    private readonly PreprocessingBuffers _buffers = new();

    [Theory]
    [InlineData(PixelFormat.Mono8)]
    [InlineData(PixelFormat.Mono16)]
    [InlineData(PixelFormat.Bgr8)]
    [InlineData(PixelFormat.Rgb8)]
    [InlineData(PixelFormat.Bgra8)]
    [InlineData(PixelFormat.Rgba8)]
    public void Region_of_any_format_equals_a_copy(PixelFormat format)
    {
        Random random = new((int)format);
        for (int i = 0; i < 60; i++)
        {
            int width = random.Next(1, 150), height = random.Next(1, 150), gray = RowSource.ChannelsOf(format);
            int bytes = format == PixelFormat.Mono16 ? 2 : RowSource.StepOf(format), stride = (width * bytes) + (2 * random.Next(0, 40));
            byte[] plain = RandomImages.Bytes(random, width, height, gray), pixels = new byte[((height - 1) * stride) + (width * bytes)];
            random.NextBytes(pixels);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    Put(plain.AsSpan(((y * width) + x) * gray, gray), pixels.AsSpan((y * stride) + (x * bytes), bytes), format, random);
                }
            }

            Letterbox letterbox = new(new LetterboxOptions(FitFirst: i % 2 == 0, ScaleUp: i % 3 == 0), 64, 96);
            FitPlan plan = letterbox.Plan(width, height);
            float[] expected = new float[plan.Length], actual = new float[plan.Length];
            letterbox.Write(RandomImages.View(plain, width, height, gray), plan, expected, _buffers);
            letterbox.Write(new PixelView(pixels, width, height, stride, format), plan, actual, _buffers);
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{width}x{height}, stride {stride}");
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(16)]
    public void Sixteen_bits_become_the_bytes_of_training(int depth)
    {
        const int Side = 256;
        ushort[] values = [.. Enumerable.Range(0, Side * Side).Select(value => (ushort)value)];
        byte[] Row(int y)
        {
            byte[] row = new byte[2 * Side];
            for (int x = 0; x < Side; x++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * x), values[(y * Side) + x]);
            }

            return row;
        }

        using Image image = Image.Decode(TestFiles.Png(Side, Side, 16, 0, Row), new ImageReading { Depth = depth });
        byte[] actual = new byte[values.Length];
        byte[] expected = [.. Enumerable.Range(0, values.Length).Select(i => image.Row(i / Side)[i % Side * 3])];
        DepthReduction.Apply(values, 0, (ushort)((1 << depth) - 1), actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Any_range_is_divided_into_256_equal_steps()
    {
        Random random = new(1);
        ushort[] values = [.. Enumerable.Range(0, 65536).Select(value => (ushort)value)];
        byte[] actual = new byte[values.Length];
        for (int i = 0; i < 50; i++)
        {
            int low = random.Next(65536), high = random.Next(low, 65536);
            DepthReduction.Apply(values, (ushort)low, (ushort)high, actual);
            byte[] expected = [.. values.Select(value => (byte)((Math.Clamp(value, low, high) - low) * 256 / (high - low + 1)))];
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{low}..{high}");
        }
    }

    [Fact]
    public void Images_allocate_nothing_after_the_first()
    {
        byte[] pixels = new byte[4 * 500 * 400];
        Letterbox letterbox = new(new LetterboxOptions(), 320, 320);
        Letterbox plain = new(new LetterboxOptions(FitFirst: false, ScaleUp: true), 320, 320);
        float[] planes = new float[3 * 320 * 320];
        void Run()
        {
            foreach (PixelFormat format in Formats)
            {
                int bytes = format == PixelFormat.Mono16 ? 2 : RowSource.StepOf(format);
                for (int width = 480; width <= 500; width += 10)
                {
                    PixelView view = new(pixels, width, 400, 500 * bytes, format);
                    letterbox.Write(view, letterbox.Plan(width, 400), planes, _buffers);
                    plain.Write(view, plain.Plan(width, 400), planes, _buffers);
                }
            }
        }

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static readonly PixelFormat[] Formats = Enum.GetValues<PixelFormat>();

    private static void Put(ReadOnlySpan<byte> plain, Span<byte> pixel, PixelFormat format, Random random)
    {
        if (format == PixelFormat.Mono16)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(pixel, (ushort)((plain[0] << 8) + random.Next(256)));
            return;
        }

        plain.CopyTo(pixel);
        if (RowSource.IsRgb(format))
        {
            (pixel[0], pixel[2]) = (pixel[2], pixel[0]);
        }
    }
}
