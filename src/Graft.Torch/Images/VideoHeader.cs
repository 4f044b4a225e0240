namespace Graft.Torch.Images;

/// <summary>Reads the rotation of an MP4 or MOV file from its boxes.</summary>
internal static class VideoHeader
{
    private const int MaxBoxes = 10_000;

    /// <summary>The rotation of the first video track as an EXIF orientation, 1 to 8; 1 for other files and other matrices.</summary>
    internal static int OrientationOf(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            ImageBytes bytes = new(file);
            foreach ((_, long at, long end) in Boxes(bytes, 0, bytes.Length).Where(box => box.Kind == "moov"))
            {
                foreach ((_, long track, long last) in Boxes(bytes, at, end).Where(box => box.Kind == "trak"))
                {
                    List<(string Kind, long At, long End)> parts = [.. Boxes(bytes, track, last)];
                    if (parts.Where(part => part.Kind == "mdia").SelectMany(part => Boxes(bytes, part.At, part.End))
                        .Any(part => part.Kind == "hdlr" && bytes.Has(part.At + 8, "vide"u8)))
                    {
                        return parts.Where(part => part.Kind == "tkhd").Select(part => Turn(bytes, part.At)).FirstOrDefault(1);
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // OpenCV reads other sources, such as a stream, which have no rotation.
        }

        return 1;
    }

    private static int Turn(ImageBytes bytes, long header)
    {
        // Version 1 has three 64-bit times and a 32-bit number where version 0 has 32 bits each.
        long matrix = header + (bytes.Number(header, 1, little: false) == 1 ? 52 : 40);
        int[] signs = [.. new[] { 0, 1, 3, 4 }.Select(place => Math.Sign((int)bytes.Number(matrix + (4 * place), 4, little: false)))];
        return signs switch
        {
            [-1, 0, 0, 1] => 2,
            [-1, 0, 0, -1] => 3,
            [1, 0, 0, -1] => 4,
            [0, 1, 1, 0] => 5,
            [0, 1, -1, 0] => 6,
            [0, -1, -1, 0] => 7,
            [0, -1, 1, 0] => 8,
            _ => 1,
        };
    }

    private static IEnumerable<(string Kind, long At, long End)> Boxes(ImageBytes bytes, long at, long end)
    {
        for (int i = 0; i < MaxBoxes && at + 8 <= end; i++)
        {
            long size = bytes.Number(at, 4, little: false), data = at + 8;
            string kind = System.Text.Encoding.Latin1.GetString(bytes.At(at + 4, 4));
            if (size == 1)
            {
                size = bytes.Number(data, 8, little: false);
                data += 8;
            }

            long next = size == 0 ? end : at + size;
            if (next < data || next > end)
            {
                yield break;
            }

            yield return (kind, data, next);
            at = next;
        }
    }
}
