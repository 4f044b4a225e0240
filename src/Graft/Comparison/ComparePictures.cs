using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Evaluation;
using Graft.Files;
using Graft.Reports;
using Graft.Runs;
using Graft.Torch.Images;

namespace Graft.Comparison;

/// <summary>Draws validation images with what strategies find and miss.</summary>
internal static class ComparePictures
{
    private const int Shown = 4, Columns = 4, Quality = 88, Side = 320;
    private const double Overlap = 0.5;

    /// <summary>Writes a sheet: a row for each image, with its labels first, then up to three strategies of the first seed.</summary>
    /// <param name="result">The comparison.</param>
    /// <param name="val">The validation images.</param>
    /// <param name="detections">Reads the detections of a run.</param>
    /// <returns>Whether it was written.</returns>
    internal static bool Save(CompareResult result, DetectionDataset val, Func<CellResult, IReadOnlyList<CocoResult>> detections)
    {
        (string Name, ILookup<long, CocoResult> Found)[] strategies = [.. Chosen(result)
            .Select(name => (name, detections(result.Of(name)[0]).Where(one => one.Score >= PredictionRequest.DefaultScore).ToLookup(one => one.ImageId)))];
        Dictionary<long, int> labels = val.Categories.Select((category, label) => (category.Id, label)).ToDictionary(entry => entry.Id, entry => entry.label);
        List<Image> images = [];
        List<SheetTile> tiles = [];
        try
        {
            foreach (DetectionImage listed in ShownImages.Of(val, Shown))
            {
                try
                {
                    images.Add(Image.Load(listed.Path, val.Reading));
                }
                catch (GraftException)
                {
                    continue;       // the evaluation has reported it
                }

                tiles.Add(new SheetTile(
                    images[^1], $"{Path.GetFileName(listed.Path)}: {Counted.Of(listed.Objects.Count, "label")}", [.. listed.Objects.Select(item => new DrawnBox(item.Box, item.Label))]));
                tiles.AddRange(strategies.Select(strategy => Tile(images[^1], listed, strategy.Name, [.. strategy.Found[listed.Id]
                    .Select(one => new Detection(labels[one.CategoryId], (float)one.Score, Box.FromSize(one.X, one.Y, one.Width, one.Height)))], val.ClassNames.Count)));
            }

            if (tiles.Count == 0)
            {
                return false;
            }

            using Image sheet = ContactSheet.Draw(tiles, [.. val.ClassNames, "missed"], columns: 1 + strategies.Length, side: Side);
            AtomicFile.WriteBytes(result.Folder.Picture, sheet.Encode(".jpg", Quality));
            return true;
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }
    }

    /// <summary>The recommended strategy, the baseline, and others in their order.</summary>
    private static IEnumerable<string> Chosen(CompareResult result) => new[] { result.Plan.Strategies[0].Name, result.Statistics.Recommended }
        .Concat(result.Plan.Strategies.Select(strategy => strategy.Name)).Distinct().Take(Columns - 1);

    private static SheetTile Tile(Image image, DetectionImage listed, string name, Detection[] found, int missed)
    {
        HashSet<int> taken = [];
        int right = 0;
        foreach (Detection one in found.OrderByDescending(one => one.Score))
        {
            int at = Enumerable.Range(0, listed.Objects.Count)
                .Where(i => !taken.Contains(i) && listed.Objects[i].Label == one.Label && listed.Objects[i].Box.IntersectionOverUnion(one.Box) >= Overlap)
                .DefaultIfEmpty(-1).MaxBy(i => i < 0 ? 0 : listed.Objects[i].Box.IntersectionOverUnion(one.Box));
            right += at >= 0 && taken.Add(at) ? 1 : 0;
        }

        IEnumerable<DrawnBox> lost = listed.Objects.Where((_, i) => !taken.Contains(i)).Select(item => new DrawnBox(item.Box, missed));
        return new SheetTile(image, $"{name}: {right} of {listed.Objects.Count} found, {found.Length - right} false", [.. found.Select(DrawnBox.Of), .. lost]);
    }
}
