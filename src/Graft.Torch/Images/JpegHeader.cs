namespace Graft.Torch.Images;

/// <summary>The segments of a JPEG file before its first scan.</summary>
internal static class JpegHeader
{
    private const int Stray = -1, Fill = 0xFF, StartOfScan = 0xDA, EndOfImage = 0xD9, Application1 = 0xE1;

    internal static ImageFacts? Read(ImageBytes bytes)
    {
        ImageFacts? facts = null;
        int orientation = 0;
        long at = 2;
        while (bytes.At(at, 2) is [byte first, byte second])
        {
            int kind = first == 0xFF ? second : Stray;
            if (kind is StartOfScan or EndOfImage)
            {
                break;
            }

            // Bytes between segments and fill bytes are skipped, as decoders do; TEM and the restart markers stand alone.
            if (kind is Stray or Fill or 0 or 1 or (>= 0xD0 and <= 0xD8))
            {
                at += kind is Stray or Fill ? 1 : 2;
                continue;
            }

            long length = bytes.Number(at + 2, 2, little: false);
            if (length < 2)
            {
                break;
            }

            // Frame headers C0..CF hold the size, except DHT (C4), JPG (C8) and DAC (CC).
            if (kind is >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC)
            {
                facts ??= new ImageFacts(bytes.Number(at + 7, 2, little: false), bytes.Number(at + 5, 2, little: false));
            }

            if (kind == Application1 && orientation == 0 && bytes.Has(at + 4, "Exif\0\0"u8))
            {
                orientation = TiffDirectory.OrientationOf(bytes, at + 4, length - 2);
            }

            at += 2 + length;
        }

        return facts is null ? null : facts with { Orientation = Math.Max(1, orientation) };
    }
}
