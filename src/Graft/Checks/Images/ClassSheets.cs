using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Reports;
using Graft.Torch.Images;

namespace Graft.Checks;

/// <summary>Sheets of cut-out boxes, one per class; filled while the images are decoded. Thread-safe.</summary>
internal sealed class ClassSheets(CropPlan plan) : IDisposable
{
    private const int Side = 140;
    private const int Columns = 8;
    private const int Quality = 85;
    private const double Margin = 0.4;
    private const double LeastWindow = 32;

    private readonly SheetTile?[][] _tiles = [.. plan.Counts.Select(count => new SheetTile?[count])];

    /// <summary>Cuts out the planned boxes of an image.</summary>
    /// <param name="index">Index of the image.</param>
    /// <param name="image">Its pixels.</param>
    /// <param name="name">Its name on the sheet.</param>
    internal void Add(int index, Image image, string name)
    {
        foreach ((int sheet, int place, LabelledBox box) in plan.Of(index))
        {
            _tiles[sheet][place] = new SheetTile(Cut(image, box), name, []);
        }
    }

    /// <summary>The sheet of each class that has one, as JPEG.</summary>
    internal IReadOnlyList<ClassSheet> Encode()
    {
        List<ClassSheet> sheets = [];
        for (int i = 0; i < _tiles.Length; i++)
        {
            SheetTile[] tiles = [.. _tiles[i].OfType<SheetTile>()];
            if (tiles.Length > 0)
            {
                using Image sheet = ContactSheet.Draw(tiles, [], Math.Min(Columns, tiles.Length), Side);
                sheets.Add(new ClassSheet(plan.Labels[i], tiles.Length, sheet.Encode(".jpg", Quality)));
            }
        }

        return sheets;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SheetTile tile in _tiles.SelectMany(tiles => tiles).OfType<SheetTile>())
        {
            tile.Image.Dispose();
        }
    }

    private static Image Cut(Image image, LabelledBox item)
    {
        Box box = item.Box;
        double half = Math.Max(LeastWindow, Math.Max(box.Width, box.Height) * (1 + (2 * Margin))) / 2;
        Box window = new Box(
            ((box.X1 + box.X2) / 2) - half, ((box.Y1 + box.Y2) / 2) - half, ((box.X1 + box.X2) / 2) + half, ((box.Y1 + box.Y2) / 2) + half).Clip(image.Width, image.Height);
        (int x, int y) = ((int)window.X1, (int)window.Y1);
        int width = Math.Clamp((int)Math.Ceiling(window.X2) - x, 1, image.Width - x), height = Math.Clamp((int)Math.Ceiling(window.Y2) - y, 1, image.Height - y);
        using Image cut = image.Crop(x, y, width, height);
        using Image colours = cut.Channels == 1 ? cut.FromGrey() : cut.Copy();
        double scale = (double)Side / Math.Max(width, height);
        Image tile = colours.Resize(
            Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)), scale < 1 ? Interpolation.Area : Interpolation.Linear);
        new Canvas(tile).Outline(box.Map(scale, scale, -x * scale, -y * scale), Palette.Of(item.Label));
        return tile;
    }
}
