using Graft.Runtime;

namespace Graft.Bench;

/// <summary>A buffer of a camera: noise of one of several sizes and formats.</summary>
internal sealed class CameraFrame
{
    private static readonly (int Width, int Height, PixelFormat Format, int Bytes)[] Kinds =
    [
        (1280, 960, PixelFormat.Bgr8, 3), (640, 480, PixelFormat.Mono8, 1), (800, 600, PixelFormat.Rgba8, 4), (720, 540, PixelFormat.Mono16, 2),
    ];

    private readonly int _width, _height, _stride;
    private readonly byte[] _pixels;

    /// <summary>Makes a frame of a kind; 0 is 1280×960 BGR.</summary>
    internal CameraFrame(int kind)
    {
        (_width, _height, Format, int bytes) = Kinds[kind];
        _stride = _width * bytes;
        _pixels = new byte[_stride * _height];
        new Random(kind).NextBytes(_pixels);
    }

    /// <summary>One frame of each kind.</summary>
    internal static CameraFrame[] All => [.. Enumerable.Range(0, Kinds.Length).Select(kind => new CameraFrame(kind))];

    /// <summary>Layout of a pixel.</summary>
    internal PixelFormat Format { get; }

    /// <summary>The pixels, for preprocessing alone.</summary>
    internal Runtime.Preprocessing.PixelView View => new(_pixels, _width, _height, _stride, Format);

    /// <summary>Detects in it.</summary>
    internal DetectionResult Detect(OnnxDetector detector, DetectOptions? options = null) => detector.Detect(_pixels, _width, _height, _stride, Format, options);

    /// <summary>Detects in it, and counts.</summary>
    internal int Detect(OnnxDetector detector, double score) => Detect(detector, new DetectOptions { ScoreThreshold = score }).Count;
}
