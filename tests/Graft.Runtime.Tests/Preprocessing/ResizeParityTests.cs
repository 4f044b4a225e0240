using Graft.Runtime.Preprocessing;
using Graft.Torch.Images;

namespace Graft.Runtime.Tests.Preprocessing;

/// <summary>Every byte of a resize equals native OpenCV's.</summary>
public class ResizeParityTests
{
    private readonly ResizeBuffers _buffers = new();

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void Random_sizes_equal_OpenCV(int channels, bool area)
    {
        Random random = new(channels + (area ? 10 : 0));
        for (int i = 0; i < 400; i++)
        {
            int most = i < 300 ? 100 : i < 380 ? 500 : 2000;
            int width = random.Next(1, most + 1), height = random.Next(1, most + 1);
            Compare(random, width, height, random.Next(1, most + 1), random.Next(1, most + 1), channels, area);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Whole_factors_equal_OpenCV(int channels)
    {
        Random random = new(channels);
        for (int i = 0; i < 200; i++)
        {
            int width = random.Next(1, 40), height = random.Next(1, 40), x = random.Next(1, 60);
            int y = random.Next(3) == 0 ? random.Next(1, 60) : x;
            if ((x, y) != (1, 1))
            {
                Compare(random, width * x, height * y, width, height, channels, area: true);
                Compare(random, width * 2, height * 2, width, height, channels, area: false);
                Compare(random, width, height, width * x, height * y, channels, area: i % 2 == 0);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Sizes_of_letterboxes_equal_OpenCV(int channels)
    {
        Random random = new(channels);
        for (int i = 0; i < 40; i++)
        {
            int width = random.Next(1, 2001), height = random.Next(1, 2001);
            double ratio = Math.Min(640.0 / width, 640.0 / height);
            int toWidth = Math.Max(1, (int)(width * ratio)), toHeight = Math.Max(1, (int)(height * ratio));
            Compare(random, width, height, toWidth, toHeight, channels, area: true);
            Compare(random, width, height, toWidth, toHeight, channels, area: false);
            Compare(random, toWidth + 1, toHeight, toWidth, toHeight, channels, area: false);
            Compare(random, toWidth, toHeight, toWidth + 1, toHeight + 1, channels, area: false);
        }
    }

    private void Compare(Random random, int width, int height, int toWidth, int toHeight, int channels, bool area)
    {
        if ((width, height) == (toWidth, toHeight))
        {
            return;
        }

        byte[] bytes = RandomImages.Bytes(random, width, height, channels);
        using Image native = RandomImages.Native(bytes, width, height, channels);
        using Image expected = native.Resize(toWidth, toHeight, area ? Interpolation.Area : Interpolation.Linear);
        int stride = toWidth * channels;
        byte[] actual = new byte[stride * toHeight];
        RowTarget target = new(actual, stride);
        Resizer.Resize(new RowSource(RandomImages.View(bytes, width, height, channels)), toWidth, toHeight, area, _buffers, target);
        byte[] wanted = RandomImages.ChannelByChannel(expected);
        int equal = actual.AsSpan().CommonPrefixLength(wanted);
        Assert.True(
            equal == actual.Length,
            $"{width}x{height}x{channels} to {toWidth}x{toHeight}, area {area}, byte {equal} of {actual.Length}: "
            + $"{(equal < actual.Length ? actual[equal] : 0)} instead of {(equal < actual.Length ? wanted[equal] : 0)}");
    }
}
