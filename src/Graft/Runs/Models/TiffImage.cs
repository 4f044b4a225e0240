using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using Graft.Runtime;

namespace Graft.Runs;

/// <summary>Reads TIFF files without the native library; the pixels are those of the native one, except that a file whose 16-bit values lie
/// in tiles or separate planes is refused.</summary>
/// <remarks>16-bit values are divided by 256, as those of other formats are.</remarks>
internal static class TiffImage
{
    private const int HeaderLength = 4, Wide = 16, MostSamples = 3;
    private const string Formats = "Expected a JPEG, PNG, BMP, TIFF or WebP file of 8 or 16 bits.";

    /// <summary>Whether a file begins as TIFF files do; false where it cannot be read.</summary>
    internal static bool Is(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> head = stackalloc byte[HeaderLength];
            return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
                && (head.SequenceEqual("II*\0"u8) || head.SequenceEqual("MM\0*"u8) || head.SequenceEqual("II+\0"u8) || head.SequenceEqual("MM\0+"u8));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads the first image of a file, upright.</summary>
    /// <exception cref="GraftException">Of kind Data: damaged, too large, or of a kind that is not read.</exception>
    internal static ImageBuffer Load(string path)
    {
        using TiffErrors errors = TiffErrors.Collect();
        try
        {
            using FileStream file = File.OpenRead(path);
            using Tiff tiff = Tiff.ClientOpen(path, "r", file, new TiffStream()) ?? throw Damaged(path, errors);
            int orientation = tiff.GetFieldDefaulted(TiffTag.ORIENTATION)[0].ToInt();
            tiff.SetField(TiffTag.ORIENTATION, BitMiracle.LibTiff.Classic.Orientation.TOPLEFT);
            ImageBuffer image = Read(path, tiff, errors);
            return orientation is > 1 and <= 8 ? image.Turned(orientation) : image;
        }
        catch (Exception error) when (error is not (GraftException or OutOfMemoryException))
        {
            // The library throws errors of many kinds when tags contradict each other.
            throw new GraftException(Failure.Data, $"{path}: not a readable image: it is damaged ({error.Message}).", Formats, error);
        }
    }

    private static ImageBuffer Read(string path, Tiff tiff, TiffErrors errors)
    {
        int width = Number(TiffTag.IMAGEWIDTH), height = Number(TiffTag.IMAGELENGTH), bits = Number(TiffTag.BITSPERSAMPLE), samples = Number(TiffTag.SAMPLESPERPIXEL);
        if (width < 1 || height < 1)
        {
            throw Damaged(path, errors);
        }

        if ((long)width * height * sizeof(int) > Array.MaxLength)
        {
            throw new GraftException(Failure.Data, $"{path}: the image is too large: {width} x {height} pixels.", "Cut it into tiles or make it smaller.");
        }

        if (bits > Wide || (SampleFormat)Number(TiffTag.SAMPLEFORMAT) == SampleFormat.IEEEFP)
        {
            throw new GraftException(Failure.Data, $"{path}: not a readable image: it holds {bits}-bit or floating-point values.", Formats);
        }

        if (bits == Wide)
        {
            if (tiff.IsTiled() || (samples > 1 && (PlanarConfig)Number(TiffTag.PLANARCONFIG) != PlanarConfig.CONTIG))
            {
                throw new GraftException(
                    Failure.Data, $"{path}: not a readable image: its 16-bit values lie in tiles or separate planes; with an ONNX model strips of whole pixels are read.",
                    "Save it in strips, or as PNG.");
            }

            return ReadWide(path, tiff, errors, width, height, samples);
        }

        int[] pixels = new int[width * height];
        return tiff.ReadRGBAImageOriented(width, height, pixels, BitMiracle.LibTiff.Classic.Orientation.TOPLEFT, stopOnError: true)
            ? new ImageBuffer(MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray(), width, height, sizeof(int) * width, Runtime.PixelFormat.Rgba8) : throw Damaged(path, errors);

        int Number(TiffTag tag) => tiff.GetFieldDefaulted(tag) is [var value, ..] ? value.ToInt() : 0;
    }

    /// <summary>Rows of 16-bit values: gray, or red, green and blue; more samples are dropped.</summary>
    private static ImageBuffer ReadWide(string path, Tiff tiff, TiffErrors errors, int width, int height, int samples)
    {
        int kept = samples < MostSamples ? 1 : MostSamples;
        byte[] row = new byte[tiff.ScanlineSize()], pixels = new byte[width * height * kept];
        for (int y = 0; y < height; y++)
        {
            if (!tiff.ReadScanline(row, y))
            {
                throw Damaged(path, errors);
            }

            ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(row);
            for (int x = 0, at = y * width * kept; x < width; x++)
            {
                for (int sample = 0; sample < kept; sample++)
                {
                    pixels[at++] = (byte)(values[(x * samples) + sample] >> 8);
                }
            }
        }

        return new ImageBuffer(pixels, width, height, width * kept, kept == 1 ? Runtime.PixelFormat.Mono8 : Runtime.PixelFormat.Rgb8);
    }

    private static GraftException Damaged(string path, TiffErrors errors)
        => new(Failure.Data, $"{path}: damaged image: {(errors.First is { Length: > 0 } first ? first.TrimEnd('.') : "it is cut off, or its tags contradict each other")}.", "Copy or export the file again.");
}
