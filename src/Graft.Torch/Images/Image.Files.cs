using System.Buffers.Binary;
using Graft.Torch.Interop;

namespace Graft.Torch.Images;

/// <summary>Reading and writing image files.</summary>
public sealed unsafe partial class Image
{
    private const string Formats = "Expected a JPEG, PNG, BMP, TIFF or WebP file of 8 or 16 bits.";

    /// <summary>Damage of the file that this image was read from (cut off or corrupt); null: none known.</summary>
    public string? Damage { get; private init; }

    /// <summary>Bits per value of the file: 8, or 16 for an image reduced to 8 bits.</summary>
    public int Bits { get; private init; } = 8;

    /// <summary>The largest value of a 16-bit file; 0 for one of 8 bits.</summary>
    public int Brightest { get; private init; }

    /// <summary>Reads a file (PNG, JPEG, BMP, TIFF, WebP, …) as 8-bit BGR, rotated upright by its EXIF orientation.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Depth of 16-bit values and use of damaged files; null: all 16 bits, damaged files are refused.</param>
    /// <exception cref="GraftException">Of kind Data: the file is missing, unreadable, too large or damaged.</exception>
    public static Image Load(string path, ImageReading? reading = null)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }

        return Decode(bytes, reading ?? new ImageReading(), $"{path}: ");
    }

    /// <summary>Decodes the bytes of an image file as 8-bit BGR, rotated upright.</summary>
    /// <exception cref="GraftException">Of kind Data: not an image, too large or damaged.</exception>
    public static Image Decode(ReadOnlySpan<byte> bytes, ImageReading? reading = null) => Decode(bytes, reading ?? new ImageReading(), "");

    /// <summary>The size of the upright image from its header, or by decoding where the header is not known.</summary>
    /// <exception cref="GraftException">Of kind Data: missing, not an image or too large.</exception>
    public static (int Width, int Height) ReadSize(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (ImageFacts.Read(new ImageBytes(file)) is { } facts)
            {
                return facts.TooLarge is { } reason ? throw TooLarge($"{path}: ", reason) : facts.Upright;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }

        using Image image = Load(path, new ImageReading { UseDamaged = true });
        return (image.Width, image.Height);
    }

    /// <summary>Encodes the image.</summary>
    /// <param name="extension">Selects the format: <c>.png</c>, <c>.jpg</c>, …</param>
    /// <param name="quality">JPEG quality 1..100; 0 for the format's default.</param>
    public byte[] Encode(string extension, int quality = 0)
    {
        Native.Check(Native.graft_image_encode(this, extension, quality, out byte* bytes, out long length), $"encode as {extension}");
        try
        {
            return new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
        }
        finally
        {
            Native.graft_buffer_free(bytes);
        }
    }

    private static Image Decode(ReadOnlySpan<byte> bytes, ImageReading reading, string name)
    {
        if (bytes.IsEmpty)
        {
            throw new GraftException(Failure.Data, $"{name}not a readable image: the file is empty.", Formats);
        }

        ImageFacts? facts = Facts(bytes);
        if (facts?.TooLarge is { } reason)
        {
            throw TooLarge(name, reason);
        }

        (nint handle, NativeDecoding info) = Pixels(bytes, facts, reading.Depth ?? 0);
        string? damage = facts?.Damage ?? info.Reason;
        if (handle == 0)
        {
            string why = info.Bits > 16 ? $"it holds {info.Bits}-bit or floating-point values"
                : ForeignFile.Describe(bytes) is { } kind ? $"it is {kind}"
                : damage is not null ? $"it is damaged ({damage})"
                : FormattableString.Invariant($"its {bytes.Length} bytes are of no known format, or damaged");
            throw new GraftException(Failure.Data, $"{name}not a readable image: {why}.", Formats);
        }

        if (damage is not null && !reading.UseDamaged)
        {
            Native.graft_image_free(handle);
            throw new GraftException(
                Failure.Data, $"{name}damaged image: {damage}.", "Copy or export the file again; data.damaged=use reads it as far as it goes.");
        }

        return new Image(Turned(handle, facts?.Orientation ?? 1)) { Damage = damage, Bits = info.Bits, Brightest = info.Brightest };
    }

    /// <summary>The image of a handle, rotated by an EXIF orientation; takes ownership of the handle.</summary>
    internal static Image Upright(nint handle, int orientation) => new(Turned(handle, orientation));

    private static nint Turned(nint handle, int orientation)
    {
        if (orientation == 1)
        {
            return handle;
        }

        int status = Native.graft_image_turn(handle, orientation, out nint turned);
        Native.graft_image_free(handle);
        Native.Check(status, "turn the image");
        return turned;
    }

    private static ImageFacts? Facts(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            using UnmanagedMemoryStream stream = new(data, bytes.Length);
            return ImageFacts.Read(new ImageBytes(stream));
        }
    }

    /// <summary>The pixels as stored; a handle of 0 when nothing can be read.</summary>
    private static (nint Handle, NativeDecoding Info) Pixels(ReadOnlySpan<byte> bytes, ImageFacts? facts, int depth)
    {
        // OpenCV rotates some TIFF files by their tag and others not: it never gets a tag that asks for rotation.
        if (facts is { Orientation: > 1, OrientationOffset: (long place, bool little) })
        {
            byte[] plain = bytes.ToArray();
            Span<byte> value = plain.AsSpan((int)place, 2);
            if (little)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(value, 1);
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(value, 1);
            }

            return Pixels(plain, null, depth);
        }

        fixed (byte* data = bytes)
        {
            int status = Native.graft_image_decode(data, bytes.Length, depth, out NativeDecoding info, out nint handle);
            return status == 0 ? (handle, info) : (0, info);
        }
    }

    private static GraftException TooLarge(string name, string reason)
        => new(Failure.Data, $"{name}the image is too large: {reason}.", "Cut it into tiles or make it smaller.");

    private static GraftException Unreadable(string path, Exception error) => error is FileNotFoundException or DirectoryNotFoundException
        ? new GraftException(Failure.Data, $"{path}: there is no such file.", "Check the path.", error)
        : new GraftException(Failure.Data, $"{path}: cannot be read: {error.Message}", inner: error);
}
