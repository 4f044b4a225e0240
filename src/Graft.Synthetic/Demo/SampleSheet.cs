using Graft.Data;
using Graft.Drawing;
using Graft.Files;
using Graft.Reports;
using Graft.Torch.Images;

namespace Graft.Synthetic;

/// <summary>Training images with their labels, in one picture.</summary>
internal static class SampleSheet
{
    private const int Shown = 8, Columns = 4, Side = 264, Quality = 88;

    /// <summary>Writes the first images of a data set that have labels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="folder">The data set.</param>
    internal static void Save(string path, string folder)
    {
        DetectionDataset data = DetectionData.OpenSplit(new DataOptions { Root = folder }, DataSplit.Train);
        List<Image> images = [];
        try
        {
            List<SheetTile> tiles = [];
            foreach (DetectionImage listed in data.Images.Where(image => image.Objects.Count > 0).Take(Shown))
            {
                images.Add(Image.Load(listed.Path, data.Reading));
                tiles.Add(new SheetTile(images[^1], Path.GetFileName(listed.Path), [.. listed.Objects.Select(item => new DrawnBox(item.Box, item.Label))]));
            }

            using Image sheet = ContactSheet.Draw(tiles, data.ClassNames, Columns, Side);
            AtomicFile.WriteBytes(path, sheet.Encode(".jpg", Quality));
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }
    }
}
