using Graft.Torch.Images;

namespace Graft.Tests.Data;

/// <summary>Makes small images for tests.</summary>
internal static class PngFile
{
    public static string Write(TemporaryFolder folder, string name, int width, int height, byte level = 128)
    {
        string path = folder.At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using Image image = new(width, height, Colour.Grey(level));
        File.WriteAllBytes(path, image.Encode(Path.GetExtension(name)));
        return path;
    }
}
