using System.Runtime.InteropServices;

namespace Graft.Torch.Interop;

/// <summary>The picture section of native/include/graft.h.</summary>
internal static unsafe partial class Native
{
    [LibraryImport(Library)] internal static partial void graft_image_free(nint image);
    [LibraryImport(Library)] internal static partial int graft_image_create(int rows, int columns, int channels, double* fill, out nint image);

    [LibraryImport(Library)]
    internal static partial int graft_image_decode(byte* bytes, long length, int depth, out NativeDecoding info, out nint image);

    [LibraryImport(Library)] internal static partial int graft_image_turn(nint image, int orientation, out nint result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_image_encode(nint image, string extension, int quality, out byte* bytes, out long length);

    [LibraryImport(Library)] internal static partial void graft_buffer_free(byte* bytes);

    [LibraryImport(Library)]
    internal static partial int graft_image_info(nint image, out int rows, out int columns, out int channels, out byte* data, out long stride);

    [LibraryImport(Library)] internal static partial int graft_image_resize(nint image, int rows, int columns, int interpolation, out nint result);

    [LibraryImport(Library)]
    internal static partial int graft_image_border(nint image, int top, int bottom, int left, int right, double* fill, out nint result);

    [LibraryImport(Library)] internal static partial int graft_image_crop(nint image, int x, int y, int columns, int rows, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_paste(nint target, nint source, int x, int y);

    [LibraryImport(Library)]
    internal static partial int graft_image_warp(nint image, double* matrix, int perspective, int rows, int columns, double* fill, out nint result);

    [LibraryImport(Library)] internal static partial int graft_image_convert(nint image, int colour, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_lookup(nint image, byte* tables, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_flip(nint image, int horizontal, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_blur(nint image, int kernel, int median, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_clahe(nint image, double limit, int grid, out nint result);
    [LibraryImport(Library)] internal static partial int graft_image_planes(nint image, int swap, byte* planes);

    [LibraryImport(Library)]
    internal static partial int graft_image_rectangle(nint image, double x1, double y1, double x2, double y2, double* colour, int thickness);

    [LibraryImport(Library)] internal static partial int graft_image_circle(nint image, double x, double y, double radius, double* colour, int thickness);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_video_open(string path, out nint video, out double rate, out long frames);

    [LibraryImport(Library)] internal static partial int graft_video_read(nint video, out nint image);
    [LibraryImport(Library)] internal static partial void graft_video_free(nint video);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_writer_open(string path, double rate, int rows, int columns, out nint writer);

    [LibraryImport(Library)] internal static partial int graft_writer_add(nint writer, nint image);
    [LibraryImport(Library)] internal static partial void graft_writer_free(nint writer);
}
