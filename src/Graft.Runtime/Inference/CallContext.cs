using Graft.Runtime.Models;
using Graft.Runtime.Postprocessing;
using Graft.Runtime.Preprocessing;

namespace Graft.Runtime.Inference;

/// <summary>Everything that one call needs beside the session. Used by one call at a time, then by the next.</summary>
internal sealed class CallContext(NetworkRunner runner) : IDisposable
{
    private readonly List<Piece> _found = [], _inTiles = [];
    private readonly List<PixelRegion> _tiles = [];
    private readonly TileJoin _join = new();
    private DetectOptions? _options;
    private Vocabulary? _vocabulary;
    private OnnxAdapter? _adapter;
    private Thresholds _thresholds;

    /// <summary>Starts a call; the context leaves the adapter when the call ends.</summary>
    public void Begin(Vocabulary vocabulary, OnnxAdapter? adapter, DetectOptions? options, in Thresholds thresholds, CancellationToken cancellation)
    {
        _found.Clear();
        (_options, _thresholds, _vocabulary) = (options, thresholds, vocabulary);
        adapter?.Enter();
        _adapter = adapter;
        runner.Begin(vocabulary, adapter, thresholds, cancellation);
    }

    /// <summary>Ends a call.</summary>
    public void End()
    {
        runner.End();
        _adapter?.Leave();
        (_options, _adapter) = (null, null);
    }

    /// <summary>Reads an image file.</summary>
    public PixelView Load(string path)
    {
        runner.Clock.Start();
        PixelView view = ImageFiles.Load(path, runner.Scratch);
        runner.Clock.StopDecode();
        return view;
    }

    /// <summary>Decodes the bytes of an image file.</summary>
    public PixelView Decode(ReadOnlySpan<byte> file)
    {
        runner.Clock.Start();
        PixelView view = ImageFiles.Decode(file, runner.Scratch);
        runner.Clock.StopDecode();
        return view;
    }

    /// <summary>Detects on one image.</summary>
    public DetectionResult Detect(in PixelView image)
    {
        Enqueue(image, 0);
        return Take(0, image.Width, image.Height, 1);
    }

    /// <summary>Puts an image of a batch into the input, or detects on its tiles.</summary>
    public void Enqueue(in PixelView image, int index)
    {
        PixelRegion area = Pixels.Area(image, _options);
        if (_options?.Tiles is not TileOptions tiles)
        {
            runner.Add(Pixels.Crop(image, area), new TilePlace(index, area.X, area.Y), _found);
            return;
        }

        runner.Flush(_found);
        DetectTiles(image, area, tiles);
        foreach (Piece piece in _inTiles)
        {
            _found.Add(piece with { Tile = index });
        }
    }

    /// <summary>The detections of one image of a batch, after all were put in.</summary>
    public DetectionResult Take(int index, int width, int height, int images)
    {
        runner.Flush(_found);
        runner.Clock.Start();
        int count = 0;
        foreach (Piece piece in _found)
        {
            count += piece.Tile == index ? 1 : 0;
        }

        Detection[] detections = count == 0 ? [] : new Detection[count];
        int next = 0;
        foreach (Piece piece in _found)
        {
            if (piece.Tile == index)
            {
                detections[next++] = new Detection(piece.Label, _vocabulary!.Name(piece.Label), piece.Score, piece.Box);
            }
        }

        runner.Clock.StopPostprocess();
        return new DetectionResult(detections, width, height, runner.Clock.Read(images));
    }

    public void Dispose() => runner.Dispose();

    private void DetectTiles(in PixelView image, PixelRegion area, TileOptions tiles)
    {
        _inTiles.Clear();
        _tiles.Clear();
        TileGrid.Fill(
            area, tiles.Width > 0 ? tiles.Width : runner.InputSize.Width, tiles.Height > 0 ? tiles.Height : runner.InputSize.Height, tiles.Overlap, _tiles);
        if (tiles.WholeImage && _tiles.Count > 1)
        {
            _tiles.Add(area);
        }

        for (int i = 0; i < _tiles.Count; i++)
        {
            runner.Add(Pixels.Crop(image, _tiles[i]), new TilePlace(i, _tiles[i].X, _tiles[i].Y), _inTiles);
        }

        runner.Flush(_inTiles);
        runner.Clock.Start();
        _join.Run(_inTiles, _tiles, area, (float)tiles.JoinIou, _thresholds);
        runner.Clock.StopPostprocess();
    }
}
