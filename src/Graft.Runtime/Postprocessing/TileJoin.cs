namespace Graft.Runtime.Postprocessing;

/// <summary>Joins the detections of overlapping tiles. Its memory is reused.</summary>
/// <remarks>
/// Two tiles that cover the same place see the same part of an object there: boxes of one class are one object when, cut to the area that
/// both tiles cover, they agree. Of such boxes the best that no border cuts is kept; where all are cut, the object is larger than a tile and
/// their union is kept. A tile reports an object once, so a group never holds two boxes of one tile.
/// </remarks>
internal sealed class TileJoin
{
    private const float MostInside = 0.7f, BorderShare = 0.01f, LeastBorder = 2;
    private readonly List<(float Iou, int First, int Second)> _pairs = [];
    private readonly List<(float Left, int Index)> _order = [];
    private readonly List<int> _group = [], _next = [];
    private readonly List<Piece> _joined = [];
    private readonly Suppression _suppression = new();

    /// <summary>Replaces the detections of tiles by those of the image, best first.</summary>
    /// <param name="found">Detections; their Tile is an index of <paramref name="tiles"/>.</param>
    /// <param name="tiles">Tiles.</param>
    /// <param name="area">What the tiles cover together.</param>
    /// <param name="joinIou">Boxes are one object when their IoU inside the common area exceeds this.</param>
    /// <param name="thresholds">Settings of the suppression of what remains.</param>
    public void Run(List<Piece> found, List<PixelRegion> tiles, PixelRegion area, float joinIou, in Thresholds thresholds)
    {
        FindPairs(found, tiles, joinIou);
        Group(found);
        _joined.Clear();
        for (int i = 0; i < found.Count; i++)
        {
            if (_group[i] == i && !IsPartOfAnother(i, found, tiles, area))
            {
                _joined.Add(Unite(i, found, tiles, area));
            }
        }

        _joined.Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score)
            : a.Box.Y1 != b.Box.Y1 ? a.Box.Y1.CompareTo(b.Box.Y1)
            : a.Box.X1 != b.Box.X1 ? a.Box.X1.CompareTo(b.Box.X1) : a.Label.CompareTo(b.Label));
        found.Clear();
        _suppression.Clear(thresholds.MaxPerImage);
        foreach (Piece piece in _joined)
        {
            if (_suppression.TryKeep(piece.Box, thresholds.IsClassAgnostic ? 0 : piece.Label, thresholds.Iou))
            {
                found.Add(piece);
            }
        }
    }

    private static Box Bounds(PixelRegion tile) => new(tile.X, tile.Y, tile.X + tile.Width, tile.Y + tile.Height);

    /// <summary>Whether a box ends at a border of its tile that is no border of the whole area.</summary>
    private static bool IsCut(Box box, PixelRegion tile, PixelRegion area)
    {
        Box inner = Bounds(tile), outer = Bounds(area);
        float x = Math.Max(LeastBorder, BorderShare * tile.Width), y = Math.Max(LeastBorder, BorderShare * tile.Height);
        return (inner.X1 > outer.X1 && box.X1 <= inner.X1 + x) || (inner.Y1 > outer.Y1 && box.Y1 <= inner.Y1 + y)
            || (inner.X2 < outer.X2 && box.X2 >= inner.X2 - x) || (inner.Y2 < outer.Y2 && box.Y2 >= inner.Y2 - y);
    }

    private void FindPairs(List<Piece> found, List<PixelRegion> tiles, float joinIou)
    {
        _pairs.Clear();
        _order.Clear();
        for (int i = 0; i < found.Count; i++)
        {
            _order.Add((found[i].Box.X1, i));
        }

        // From left to right: a box meets only those that start before it ends.
        _order.Sort(static (a, b) => a.Left != b.Left ? a.Left.CompareTo(b.Left) : a.Index.CompareTo(b.Index));
        for (int a = 0; a < _order.Count; a++)
        {
            Piece first = found[_order[a].Index];
            for (int b = a + 1; b < _order.Count && _order[b].Left < first.Box.X2; b++)
            {
                Piece second = found[_order[b].Index];
                if (second.Label != first.Label || second.Tile == first.Tile)
                {
                    continue;
                }

                Box common = Bounds(tiles[first.Tile]).Intersect(Bounds(tiles[second.Tile]));
                float iou = first.Box.Intersect(common).IntersectionOverUnion(second.Box.Intersect(common));
                if (iou > joinIou)
                {
                    _pairs.Add((iou, Math.Min(_order[a].Index, _order[b].Index), Math.Max(_order[a].Index, _order[b].Index)));
                }
            }
        }

        _pairs.Sort(static (a, b) => a.Iou != b.Iou ? b.Iou.CompareTo(a.Iou) : a.First != b.First ? a.First.CompareTo(b.First) : a.Second.CompareTo(b.Second));
    }

    /// <summary>Joins pairs, those that agree best first. <c>_group</c> holds the first member of each, <c>_next</c> a chain of members.</summary>
    private void Group(List<Piece> found)
    {
        _group.Clear();
        _next.Clear();
        for (int i = 0; i < found.Count; i++)
        {
            _group.Add(i);
            _next.Add(-1);
        }

        foreach ((float _, int first, int second) in _pairs)
        {
            (int kept, int added) = (Math.Min(_group[first], _group[second]), Math.Max(_group[first], _group[second]));
            if (kept == added || ShareTile(kept, added, found))
            {
                continue;
            }

            int last = kept;
            while (_next[last] >= 0)
            {
                last = _next[last];
            }

            _next[last] = added;
            for (int member = added; member >= 0; member = _next[member])
            {
                _group[member] = kept;
            }
        }
    }

    private bool ShareTile(int first, int second, List<Piece> found)
    {
        for (int a = first; a >= 0; a = _next[a])
        {
            for (int b = second; b >= 0; b = _next[b])
            {
                if (found[a].Tile == found[b].Tile)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private Piece Unite(int group, List<Piece> found, List<PixelRegion> tiles, PixelRegion area)
    {
        Piece result = found[group];
        int whole = -1;
        for (int member = group; member >= 0; member = _next[member])
        {
            Piece piece = found[member];
            result = result with { Box = result.Box.Unite(piece.Box), Score = Math.Max(result.Score, piece.Score) };
            if (!IsCut(piece.Box, tiles[piece.Tile], area) && (whole < 0 || piece.Score > found[whole].Score))
            {
                whole = member;
            }
        }

        return whole < 0 ? result : result with { Box = found[whole].Box };
    }

    /// <summary>Whether a single cut box lies inside a whole one of another tile, which sees the same place better.</summary>
    private bool IsPartOfAnother(int index, List<Piece> found, List<PixelRegion> tiles, PixelRegion area)
    {
        Piece piece = found[index];
        if (_next[index] >= 0 || !IsCut(piece.Box, tiles[piece.Tile], area))
        {
            return false;
        }

        foreach (Piece other in found)
        {
            if (other.Tile != piece.Tile && other.Label == piece.Label && !IsCut(other.Box, tiles[other.Tile], area)
                && piece.Box.Intersect(other.Box).Area > MostInside * piece.Box.Area)
            {
                return true;
            }
        }

        return false;
    }
}
