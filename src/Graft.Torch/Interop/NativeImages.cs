using System.Runtime.InteropServices;
using Graft.Torch.Images;

namespace Graft.Torch.Interop;

/// <summary>The image section of native/include/graft.h.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)] internal static partial void graft_image_free(nint image);
    [LibraryImport(Library)] internal static partial int graft_image_create(int rows, int columns, int channels, double* fill, out nint image);

    [LibraryImport(Library)]
    internal static partial int graft_image_decode(byte* bytes, long length, int depth, out NativeDecoding info, out nint image);

    [LibraryImport(Library)] internal static partial int graft_image_turn(nint image, int orientation, out nint result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_image_encode(Image image, string extension, int quality, out byte* bytes, out long length);

    [LibraryImport(Library)] internal static partial void graft_buffer_free(byte* bytes);

    [LibraryImport(Library)]
    internal static partial int graft_image_info(nint image, out int rows, out int columns, out int channels, out byte* data, out long stride);

    [LibraryImport(Library)] internal static partial int graft_image_resize(Image image, int rows, int columns, int interpolation, out nint result);

    [LibraryImport(Library)]
    internal static partial int graft_image_border(Image image, int top, int bottom, int left, int right, double* fill, out nint result);

    [LibraryImport(Library)] internal static partial int graft_image_crop(Image image, int x, int y, int columns, int rows, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_paste(Image target, Image source, int x, int y);

    [LibraryImport(Library)]
    internal static partial int graft_image_warp(Image image, double* matrix, int perspective, int rows, int columns, double* fill, out nint result);

    [LibraryImport(Library)] internal static partial int graft_image_convert(Image image, int colour, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_lookup(Image image, byte* tables, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_flip(Image image, int horizontal, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_blur(Image image, int kernel, int median, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_clahe(Image image, double limit, int grid, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_planes(Image image, int swap, byte* planes);

    [LibraryImport(Library)]
    internal static partial int graft_image_rectangle(Image image, double x1, double y1, double x2, double y2, double* colour, int thickness);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_video_open(string path, out nint video, out double rate, out long frames);

    [LibraryImport(Library)] internal static partial int graft_video_read(nint video, out nint image);
    [LibraryImport(Library)] internal static partial void graft_video_free(nint video);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_writer_open(string path, double rate, int rows, int columns, out nint writer);

    [LibraryImport(Library)] internal static partial int graft_writer_add(nint writer, Image image);
    [LibraryImport(Library)] internal static partial void graft_writer_free(nint writer);
}
