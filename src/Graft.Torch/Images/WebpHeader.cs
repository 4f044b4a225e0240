namespace Graft.Torch.Images;

/// <summary>The chunks of a WebP file.</summary>
internal static class WebpHeader
{
    internal static ImageFacts? Read(ImageBytes bytes)
    {
        if (!bytes.Has(8, "WEBP"u8))
        {
            return null;
        }

        ImageFacts? facts = null;
        int orientation = 1;
        long end = bytes.Number(4, 4, little: true) + 8;
        for (long at = 12; at + 8 <= Math.Min(end, bytes.Length);)
        {
            long length = bytes.Number(at + 4, 4, little: true), data = at + 8;
            if (bytes.Has(at, "EXIF"u8))
            {
                orientation = TiffDirectory.OrientationOf(bytes, data, length);
            }
            else
            {
                facts ??= Size(bytes, at, data);
            }

            at = data + length + (length & 1);
        }

        return facts is null ? null : facts with
        {
            Orientation = orientation,
            Damage = end > bytes.Length ? $"cut off: {bytes.Length} of {end} bytes" : null,
        };
    }

    private static ImageFacts? Size(ImageBytes bytes, long chunk, long data)
    {
        if (bytes.Has(chunk, "VP8X"u8))
        {
            return new ImageFacts(
                (bytes.Number(data + 4, 4, little: true) & 0xFFFFFF) + 1, ((bytes.Number(data + 6, 4, little: true) >> 8) & 0xFFFFFF) + 1);
        }

        if (bytes.Has(chunk, "VP8L"u8))
        {
            long packed = bytes.Number(data + 1, 4, little: true);
            return packed < 0 ? null : new ImageFacts((packed & 0x3FFF) + 1, ((packed >> 14) & 0x3FFF) + 1);
        }

        return bytes.Has(chunk, "VP8 "u8)
            ? new ImageFacts(bytes.Number(data + 6, 2, little: true) & 0x3FFF, bytes.Number(data + 8, 2, little: true) & 0x3FFF)
            : null;
    }
}
