using Graft.Torch.Images;
using Xunit.Abstractions;

namespace Graft.Tests.Data;

/// <summary>Files that are truncated, changed or duplicated at random positions are refused or give the original image.</summary>
public sealed class DamagedImageTests(ITestOutputHelper output)
{
    private const int Trials = 400, Unlike = 8;

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".bmp")]
    [InlineData(".tif")]
    [InlineData(".webp")]
    public void CutOff_IsDetected(string extension)
    {
        using Image stored = Detailed();
        byte[] file = stored.Encode(extension);
        for (int part = 1; part < 40; part++)
        {
            byte[] cut = file[..(file.Length * part / 40)];
            GraftException error = Assert.Throws<GraftException>(() => Image.Decode(cut).Dispose());
            Assert.Equal(Failure.Data, error.Failure);
        }
    }

    [Fact]
    public void CutOffJpeg_IsUsedOnRequest()
    {
        using Image stored = Detailed();
        byte[] file = stored.Encode(".jpg");
        using Image half = Image.Decode(file.AsSpan(0, file.Length / 2), new ImageReading { UseDamaged = true });
        Assert.NotNull(half.Damage);
        Assert.Equal((stored.Width, stored.Height), (half.Width, half.Height));
        using Image whole = Image.Decode(file);
        Assert.Null(whole.Damage);
        Assert.Equal(whole.Row(2).ToArray(), half.Row(2).ToArray());
    }

    [Theory]
    [InlineData(".png", 0.0)]
    [InlineData(".jpg", 0.05)]
    public void Mutated_IsDetectedOrUnchanged(string extension, double unknowable)
    {
        using Image stored = Detailed();
        byte[] file = stored.Encode(extension);
        using Image whole = Image.Decode(file);
        Random random = new(9);
        int[] silent = new int[3];
        for (int trial = 0; trial < Trials; trial++)
        {
            int kind = trial % 3;
            try
            {
                using Image read = Image.Decode(Mutate(file, kind, random));
                silent[kind] += Difference(whole, read) > Unlike ? 1 : 0;
            }
            catch (GraftException)
            {
                // Detected.
            }
        }

        output.WriteLine($"{extension}: of {Trials} files without a word: {silent[0]} flipped, {silent[1]} cut, {silent[2]} doubled");
        Assert.Equal(0, silent[1]);
        Assert.InRange((silent[0] + silent[2]) / (double)Trials, 0, unknowable);
    }

    private static byte[] Mutate(byte[] file, int kind, Random random)
    {
        int at = random.Next(file.Length), count = random.Next(1, 64);
        if (kind == 1)
        {
            return file[..at];
        }

        if (kind == 2)
        {
            return [.. file[..at], .. file[Math.Max(0, at - count)..]];
        }

        byte[] flipped = [.. file];
        for (int i = random.Next(1, 20); i > 0; i--)
        {
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        }

        return flipped;
    }

    /// <summary>The largest mean difference of a row; 255 for another size.</summary>
    private static double Difference(Image one, Image other)
    {
        if ((one.Width, one.Height) != (other.Width, other.Height))
        {
            return 255;
        }

        double largest = 0;
        for (int y = 0; y < one.Height; y++)
        {
            Span<byte> left = one.Row(y), right = other.Row(y);
            double sum = 0;
            for (int i = 0; i < left.Length; i++)
            {
                sum += Math.Abs(left[i] - right[i]);
            }

            largest = Math.Max(largest, sum / left.Length);
        }

        return largest;
    }

    private static Image Detailed()
    {
        Image image = ImageFiles.Uneven(160, 120);
        Random random = new(3);
        for (int i = 0; i < 60; i++)
        {
            (int x, int y, int side) = (random.Next(160), random.Next(120), random.Next(4, 24));
            image.Rectangle(x, y, x + side, y + side, new Colour(random.Next(256), random.Next(256), random.Next(256)), -1);
        }

        return image;
    }
}
