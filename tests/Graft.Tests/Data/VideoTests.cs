using System.Buffers.Binary;
using Graft.Torch.Images;

namespace Graft.Tests.Data;

public sealed class VideoTests : IDisposable
{
    private const int One = 1 << 16;
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public void TurnedVideo_IsReadUpright(int degrees)
    {
        string path = Write(degrees);
        using VideoReader reader = new(path);
        using Image frame = reader.Read()!;
        Assert.Equal(degrees % 180 == 0 ? (64, 48) : (48, 64), (frame.Width, frame.Height));

        // The red corner is stored at the top left; turning clockwise takes it to the top right, and so on.
        (int x, int y) = degrees switch
        {
            0 => (5, 5),
            90 => (frame.Width - 6, 5),
            180 => (frame.Width - 6, frame.Height - 6),
            _ => (5, frame.Height - 6),
        };
        Span<byte> pixel = frame.Row(y).Slice(x * 3, 3);
        Assert.True(pixel[2] > 150 && pixel[1] < 110, $"{pixel[0]} {pixel[1]} {pixel[2]}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no video")]
    public void NoVideo_IsAnError(string text)
        => Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => new VideoReader(_folder.Write("a.mp4", text)).Dispose()).Failure);

    public void Dispose() => _folder.Dispose();

    /// <summary>An MP4 file whose track header asks for a clockwise rotation.</summary>
    private string Write(int degrees)
    {
        string path = _folder.At($"turned{degrees}.mp4");
        using (VideoWriter writer = new(path, 5, 64, 48))
        using (Image image = ImageFiles.Uneven(64, 48))
        {
            for (int i = 0; i < 3; i++)
            {
                writer.Add(image);
            }
        }

        byte[] file = File.ReadAllBytes(path);
        int matrix = file.AsSpan().IndexOf("tkhd"u8) + 44;
        (int cos, int sin) = degrees switch { 0 => (One, 0), 90 => (0, One), 180 => (-One, 0), _ => (0, -One) };
        foreach ((int place, int value) in (ReadOnlySpan<(int, int)>)[(0, cos), (1, sin), (3, -sin), (4, cos)])
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(matrix + (4 * place)), value);
        }

        File.WriteAllBytes(path, file);
        return path;
    }
}
