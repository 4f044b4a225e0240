using System.Globalization;
using System.Runtime.InteropServices;
using Graft.Runtime.Drawing;
using Graft.Runtime.Inference;
using Graft.Runtime.Preprocessing;
using SkiaSharp;

namespace Graft.Runtime;

/// <summary>Draws detections onto images.</summary>
public static class DetectionDrawing
{
    private const int BytesPerPixel = 4;

    /// <summary>Draws detections onto a copy of an image file.</summary>
    /// <param name="image">The image file that the detections were found in.</param>
    /// <param name="detections">What to draw.</param>
    /// <param name="target">File to write: .jpg, .png or .webp. It appears complete or not at all.</param>
    /// <param name="options">How to draw; null: the defaults.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: not an image. Of kind Usage: the target cannot be written.</exception>
    public static void Save(string image, IReadOnlyList<Detection> detections, string target, DrawingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(image);
        Save(ImageFiles.Load(image, new PreprocessingBuffers()), detections, target, options);
    }

    /// <summary>Draws detections onto a copy of an image in memory.</summary>
    /// <param name="image">The image that the detections were found in.</param>
    /// <param name="detections">What to draw.</param>
    /// <param name="target">File to write: .jpg, .png or .webp. It appears complete or not at all.</param>
    /// <param name="options">How to draw; null: the defaults.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: the buffer does not fit. Of kind Usage: the target cannot be written.</exception>
    public static void Save(ImageBuffer image, IReadOnlyList<Detection> detections, string target, DrawingOptions? options = null)
        => Save(Pixels.View(image.Pixels.Span, image.Width, image.Height, image.Stride, image.Format, null), detections, target, options);

    /// <summary>Draws detections onto a canvas whose unit is a pixel of the image.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="detections">What to draw.</param>
    /// <param name="options">How to draw; null: the defaults.</param>
    public static void Draw(SKCanvas canvas, int width, int height, IReadOnlyList<Detection> detections, DrawingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        ArgumentNullException.ThrowIfNull(detections);
        options ??= new DrawingOptions();
        int line = options.LineWidth > 0 ? options.LineWidth : Math.Max(1, Math.Max(width, height) / 400);

        // The best detection comes last, so that it lies on top.
        for (int i = detections.Count - 1; i >= 0; i--)
        {
            Box box = detections[i].Box;
            using SKPaint paint = new() { Color = Palette.Of(detections[i].Label), Style = SKPaintStyle.Stroke, StrokeWidth = line };
            canvas.DrawRect(box.X1, box.Y1, box.Width, box.Height, paint);
        }

        for (int i = detections.Count - 1; i >= 0; i--)
        {
            if (Caption(detections[i], options) is { Length: > 0 } text)
            {
                CaptionPainter.Draw(canvas, width, height, text, detections[i], line, options.Typeface);
            }
        }
    }

    private static string Caption(Detection detection, DrawingOptions options)
    {
        string score = detection.Score.ToString("0.00", CultureInfo.InvariantCulture);
        return (options.HasNames, options.HasScores) switch
        {
            (true, true) => $"{detection.Name} {score}",
            (true, false) => detection.Name,
            (false, true) => score,
            _ => "",
        };
    }

    private static void Save(in PixelView view, IReadOnlyList<Detection> detections, string target, DrawingOptions? options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        SKEncodedImageFormat format = Path.GetExtension(target).ToUpperInvariant() switch
        {
            ".JPG" or ".JPEG" => SKEncodedImageFormat.Jpeg,
            ".PNG" => SKEncodedImageFormat.Png,
            ".WEBP" => SKEncodedImageFormat.Webp,
            string other => throw new OnnxDetectorException(FailureKind.Usage, $"{target}: the ending '{other.ToLowerInvariant()}' is unknown; .jpg, .png or .webp is expected."),
        };
        int quality = options?.Quality ?? new DrawingOptions().Quality;
        if (quality is < 1 or > 100)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"{nameof(DrawingOptions.Quality)} is {quality}; a whole number from 1 to 100 is expected.");
        }

        using SKBitmap bitmap = Copy(view);
        using (SKCanvas canvas = new(bitmap))
        {
            Draw(canvas, view.Width, view.Height, detections, options);
        }

        Write(bitmap, format, quality, target);
    }

    private static SKBitmap Copy(in PixelView view)
    {
        SKBitmap bitmap = new(view.Width, view.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        RowSource source = new(view);
        byte[] scratch = new byte[source.ScratchLength(1)];
        (int first, int last) = RowSource.IsRgb(view.Format) ? (2, 0) : (0, 2);
        (first, int middle, last) = source.Channels == 1 ? (0, 0, 0) : (first, 1, last);
        for (int y = 0; y < view.Height; y++)
        {
            ReadOnlySpan<byte> row = source.Read(y, scratch);
            Span<uint> target = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan().Slice(y * bitmap.RowBytes, BytesPerPixel * view.Width));
            for (int x = 0; x < target.Length; x++)
            {
                ReadOnlySpan<byte> pixel = row[(x * source.Step)..];
                target[x] = pixel[first] | ((uint)pixel[middle] << 8) | ((uint)pixel[last] << 16) | 0xFF000000;
            }
        }

        return bitmap;
    }

    private static void Write(SKBitmap bitmap, SKEncodedImageFormat format, int quality, string target)
    {
        string partial = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            using (FileStream stream = File.Create(partial))
            {
                if (!bitmap.Encode(stream, format, quality))
                {
                    throw new IOException($"an image of {bitmap.Width} × {bitmap.Height} pixels cannot be encoded as {format}");
                }
            }

            File.Move(partial, target, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"{target} cannot be written: {error.Message}", "Check that the folder exists and is writable.", error);
        }
        finally
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }
        }
    }
}
