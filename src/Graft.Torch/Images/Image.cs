using System.Runtime.InteropServices.Marshalling;
using Graft.Torch.Interop;

namespace Graft.Torch.Images;

/// <summary>Interpolation of pixel values.</summary>
public enum Interpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>Bilinear.</summary>
    Linear,

    /// <summary>Bicubic.</summary>
    Cubic,

    /// <summary>Mean over the covered area; for shrinking.</summary>
    Area,
}

/// <summary>A colour in the channel order of the image it is used on (BGR for decoded files).</summary>
/// <param name="First">First channel, 0..255.</param>
/// <param name="Second">Second channel.</param>
/// <param name="Third">Third channel.</param>
public readonly record struct Colour(double First, double Second, double Third)
{
    /// <summary>The same value in all channels.</summary>
    public static Colour Grey(double level) => new(level, level, level);

    /// <summary>From red, green and blue for a BGR image.</summary>
    public static Colour Rgb(double red, double green, double blue) => new(blue, green, red);

    internal unsafe void Write(double* target)
    {
        target[0] = First;
        target[1] = Second;
        target[2] = Third;
    }
}

/// <summary>An 8-bit image of OpenCV: rows × columns × channels, BGR when read from a file.</summary>
[NativeMarshalling(typeof(ImageMarshaller))]
public sealed unsafe partial class Image : IDisposable
{
    private readonly long _stride;
    private nint _handle;
    private byte* _data;

    internal Image(nint handle)
    {
        _handle = handle;
        Native.Check(Native.graft_image_info(handle, out int rows, out int columns, out int channels, out _data, out _stride), "image");
        (Height, Width, Channels) = (rows, columns, channels);
    }

    /// <summary>An image of one colour.</summary>
    public Image(int width, int height, Colour fill, int channels = 3)
        : this(Create(width, height, fill, channels))
    {
    }

    /// <summary>Only for images that were not disposed.</summary>
    ~Image() => Release();

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Channels: 3, or 1 for grey.</summary>
    public int Channels { get; }

    internal nint Handle
    {
        get
        {
            nint handle = _handle;
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <summary>One row of interleaved channel values, writable; the caller keeps the image alive while it is used.</summary>
    public Span<byte> Row(int y)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height);
        return new Span<byte>(_data + (y * _stride), Width * Channels);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private static nint Create(int width, int height, Colour fill, int channels)
    {
        double* colour = stackalloc double[3];
        fill.Write(colour);
        Native.Check(Native.graft_image_create(height, width, channels, colour, out nint handle), "create image");
        return handle;
    }

    private void Release()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            _data = null;
            Native.graft_image_free(handle);
        }
    }
}
