using Graft.Torch.Interop;

namespace Graft.Torch.Images;

/// <summary>Reading and writing picture files.</summary>
public sealed unsafe partial class Image
{
    /// <summary>Reads a file (PNG, JPEG, BMP, TIFF, …) as 8-bit BGR, turned as its EXIF tag says.</summary>
    /// <exception cref="GraftException">The file is missing or is no readable picture.</exception>
    public static Image Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Data, $"Cannot read the picture {path}: {error.Message}", inner: error);
        }

        try
        {
            return Decode(bytes);
        }
        catch (GraftException error)
        {
            throw new GraftException(
                Failure.Data, $"{path} is not a readable picture ({bytes.Length} bytes).", "Expected a PNG, JPEG, BMP or TIFF file.", error);
        }
    }

    /// <summary>Decodes the bytes of a picture file as 8-bit BGR.</summary>
    public static Image Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new GraftException(Failure.Data, "There are no bytes to decode as a picture.");
        }

        fixed (byte* data = bytes)
        {
            Native.Check(Native.graft_image_decode(data, bytes.Length, out nint handle), "decode picture");
            return new Image(handle);
        }
    }

    /// <summary>Encodes the picture.</summary>
    /// <param name="extension">Decides the format: <c>.png</c>, <c>.jpg</c>, …</param>
    /// <param name="quality">JPEG quality 1..100; 0 for the format's default.</param>
    public byte[] Encode(string extension, int quality = 0)
    {
        Native.Check(Native.graft_image_encode(Handle, extension, quality, out byte* bytes, out long length), $"encode as {extension}");
        try
        {
            return new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
        }
        finally
        {
            Native.graft_buffer_free(bytes);
        }
    }
}
