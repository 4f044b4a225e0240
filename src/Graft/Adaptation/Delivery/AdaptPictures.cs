using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Evaluation;
using Graft.Files;
using Graft.Reports;
using Graft.Runs;
using Graft.Torch.Images;

namespace Graft.Adaptation;

/// <summary>Draws validation images with their labels, and with what was found before and after.</summary>
internal static class AdaptPictures
{
    private const int Shown = 4, Quality = 88, Side = 352;

    /// <summary>Writes a sheet of images in rows of three: labels, before, after; nothing where no image can be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="val">The validation images.</param>
    /// <param name="before">What the base finds in them.</param>
    /// <param name="after">What the adapted model finds.</param>
    /// <returns>Whether it was written.</returns>
    internal static bool Save(string path, DetectionDataset val, EvaluationResult before, EvaluationResult after)
    {
        List<Image> images = [];
        List<SheetTile> tiles = [];
        Dictionary<DetectionImage, int> places = val.Images.Select((image, i) => (image, i)).ToDictionary(entry => entry.image, entry => entry.i);
        try
        {
            foreach (DetectionImage listed in ShownImages.Of(val, Shown))
            {
                int i = places[listed];
                try
                {
                    images.Add(Image.Load(listed.Path, val.Reading));
                }
                catch (GraftException)
                {
                    continue;   // the evaluation has reported it
                }

                string name = Path.GetFileName(listed.Path);
                tiles.Add(new SheetTile(images[^1], $"{name}: {Counted.Of(listed.Objects.Count, "label")}", [.. listed.Objects.Select(item => new DrawnBox(item.Box, item.Label))]));
                tiles.Add(Found("before", before.Detections[i]));
                tiles.Add(Found("after", after.Detections[i]));
            }

            if (tiles.Count == 0)
            {
                return false;
            }

            using Image sheet = ContactSheet.Draw(tiles, val.ClassNames, columns: 3, side: Side);
            AtomicFile.WriteBytes(path, sheet.Encode(".jpg", Quality));
            return true;
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }

        SheetTile Found(string title, Detection[] detections)
        {
            DrawnBox[] boxes = [.. detections.Where(found => found.Score >= PredictionRequest.DefaultScore).Select(DrawnBox.Of)];
            return new SheetTile(images[^1], $"{title}: {Counted.Of(boxes.Length, "box")}", boxes);
        }
    }
}
