namespace Graft.Runtime.Postprocessing;

/// <summary>Cuts an area into tiles of one size that overlap at least as much as asked and share the rest evenly.</summary>
internal static class TileGrid
{
    /// <summary>Fills a list with the tiles, row by row; with the area itself when it is not larger than a tile.</summary>
    public static void Fill(PixelRegion area, int tileWidth, int tileHeight, double overlap, List<PixelRegion> tiles)
    {
        int width = Math.Min(tileWidth, area.Width), height = Math.Min(tileHeight, area.Height);
        int columns = Count(area.Width, width, overlap), rows = Count(area.Height, height, overlap);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                tiles.Add(new PixelRegion(
                    area.X + Start(column, columns, area.Width - width), area.Y + Start(row, rows, area.Height - height), width, height));
            }
        }
    }

    private static int Count(int whole, int tile, double overlap)
    {
        int step = Math.Max(1, (int)(tile * (1 - overlap)));
        return whole <= tile ? 1 : ((whole - tile + step - 1) / step) + 1;
    }

    private static int Start(int index, int count, int room) => count == 1 ? 0 : (int)((long)index * room / (count - 1));
}
