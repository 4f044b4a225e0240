using System.Globalization;
using System.Security.Cryptography;
using Graft.Runtime.Preprocessing;
using Graft.Torch.Images;

namespace Graft.Runtime.Tests.Preprocessing;

/// <summary>Resizes equal recorded results of OpenCV 4.6; the native library recorded them and is checked by the same file.</summary>
public class ResizeGoldenTests
{
    private static readonly string Path = Shared.Golden("opencv", "resize.csv");

    /// <summary>Width, height, channels, target width, target height, method, and the hash of the result.</summary>
    public static TheoryData<int, int, int, int, int, string, string> Recorded()
    {
        TheoryData<int, int, int, int, int, string, string> cases = [];
        foreach (string line in File.ReadLines(Path).Skip(1))
        {
            string[] cells = line.Split(',');
            int[] sizes = [.. cells[..5].Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))];
            cases.Add(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], cells[5], cells[6]);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Managed_resize_equals_the_recording(int width, int height, int channels, int toWidth, int toHeight, string method, string hash)
    {
        byte[] image = Pixels(width, height, channels), result = new byte[toWidth * toHeight * channels];
        RowTarget target = new(result, toWidth * channels);
        RowSource source = new(RandomImages.View(image, width, height, channels));
        Resizer.Resize(source, toWidth, toHeight, method == "area", new ResizeBuffers(), target);
        Assert.Equal(hash, Hash(result));
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Native_resize_equals_the_recording(int width, int height, int channels, int toWidth, int toHeight, string method, string hash)
    {
        using Image image = RandomImages.Native(Pixels(width, height, channels), width, height, channels);
        using Image resized = image.Resize(toWidth, toHeight, method == "area" ? Interpolation.Area : Interpolation.Linear);
        Assert.Equal(hash, Hash(RandomImages.ChannelByChannel(resized)));
    }

    /// <summary>Bytes that need no generator of a particular .NET version.</summary>
    private static byte[] Pixels(int width, int height, int channels)
    {
        byte[] bytes = new byte[width * height * channels];
        uint state = (uint)((width * 1_000_003) + (height * 1_009) + channels);
        for (int i = 0; i < bytes.Length; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            bytes[i] = (byte)(state >> 24);
        }

        return bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}
