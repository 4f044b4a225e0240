namespace Graft.Torch.Images;

/// <summary>The header of a BMP file.</summary>
internal static class BmpHeader
{
    private const int OldHeader = 12;

    internal static ImageFacts? Read(ImageBytes bytes)
    {
        long header = bytes.Number(14, 4, little: true);
        if (header == OldHeader)
        {
            return new ImageFacts(bytes.Number(18, 2, little: true), bytes.Number(20, 2, little: true));
        }

        if (header < 40 || bytes.Number(30, 4, little: true) is not (>= 0 and long compression))
        {
            return null;
        }

        // A negative height says that the rows run from top to bottom.
        long width = bytes.Number(18, 4, little: true), height = Math.Abs((long)(int)bytes.Number(22, 4, little: true));
        ImageFacts facts = new(width, height);
        if (compression is not 0 and not 3 || facts.TooLarge is not null)
        {
            return facts;
        }

        long row = ((width * bytes.Number(28, 2, little: true)) + 31) / 32 * 4;
        long needed = bytes.Number(10, 4, little: true) + (row * height);
        return needed > bytes.Length ? facts with { Damage = $"cut off: {bytes.Length} of {needed} bytes" } : facts;
    }
}
