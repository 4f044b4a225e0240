using System.Collections.Concurrent;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>
/// Decodes the pictures of a data set, shrunk to the input, and keeps as many in memory as it may; safe for several threads.
/// </summary>
internal sealed class ImageStore : IDisposable
{
    // A picture may differ from its annotation by rounding; more means that the boxes belong to another picture.
    internal const int SizeTolerance = 2;

    private readonly DetectionDataset _data;
    private readonly Letterbox _letterbox;
    private readonly long _budget;
    private readonly ConcurrentDictionary<int, Image> _kept = [];
    private readonly ConcurrentDictionary<int, bool> _unreadable = [];
    private readonly ConcurrentDictionary<int, bool> _noted = [];
    private long _used;

    public ImageStore(DetectionDataset data, Letterbox letterbox, long budget)
        => (_data, _letterbox, _budget) = (data, letterbox, budget);

    /// <summary>Indices of pictures that could not be used.</summary>
    public IReadOnlyCollection<int> Unreadable => [.. _unreadable.Keys.Order()];

    /// <summary>The picture after the first step of the letterbox, or null when it cannot be used, which is noted once.</summary>
    public Borrowed? Get(int index)
    {
        if (_kept.TryGetValue(index, out Image? kept))
        {
            return new Borrowed(kept, Owned: false);
        }

        if (_unreadable.ContainsKey(index) || Decode(index) is not { } image)
        {
            return null;
        }

        long bytes = (long)image.Width * image.Height * image.Channels;
        if (Interlocked.Add(ref _used, bytes) <= _budget && _kept.TryAdd(index, image))
        {
            return new Borrowed(image, Owned: false);
        }

        Interlocked.Add(ref _used, -bytes);
        return new Borrowed(image, Owned: true);
    }

    public void Dispose()
    {
        foreach (Image image in _kept.Values)
        {
            image.Dispose();
        }

        _kept.Clear();
    }

    private Image? Decode(int index)
    {
        DetectionImage listed = _data.Images[index];
        try
        {
            Image picture = Image.Load(listed.Path, _data.Reading with { UseDamaged = true });
            if (picture.Damage is { } damage && !Accept(index, damage))
            {
                picture.Dispose();
                return null;
            }

            NoteOnce(index, picture);
            if (Math.Abs(picture.Width - listed.Width) > SizeTolerance || Math.Abs(picture.Height - listed.Height) > SizeTolerance)
            {
                using (picture)
                {
                    Note(index, DataProblemKind.ImageSizeDiffers, Sizes(listed, picture));
                    return null;
                }
            }

            LetterboxPlan plan = _letterbox.Plan(picture.Width, picture.Height);
            if ((plan.FitWidth, plan.FitHeight) == (picture.Width, picture.Height))
            {
                return picture;
            }

            using (picture)
            {
                return Letterbox.Shrink(picture, plan.FitWidth, plan.FitHeight);
            }
        }
        catch (GraftException e) when (e.Failure == Failure.Data)
        {
            Note(index, DataProblemKind.UnreadableImage, e.Message.TrimEnd('.'));
            return null;
        }
    }

    /// <summary>Notes a damaged file once; false when it is to be skipped.</summary>
    private bool Accept(int index, string damage)
    {
        string place = $"{_data.Images[index].Path}: {damage}";
        if (!_data.Reading.UseDamaged)
        {
            Note(index, DataProblemKind.DamagedImage, place);
            return false;
        }

        return true;
    }

    /// <summary>Notes what is odd about an image that is used, once.</summary>
    private void NoteOnce(int index, Image picture)
    {
        if (_noted.TryAdd(index, true))
        {
            _data.Problems.Note(picture, _data.Images[index].Path, _data.Reading);
        }
    }

    private static string Sizes(DetectionImage listed, Image picture)
        => $"{listed.Path}: {picture.Width} x {picture.Height}, annotated {listed.Width} x {listed.Height}";

    private void Note(int index, DataProblemKind kind, string place)
    {
        if (_unreadable.TryAdd(index, true))
        {
            _data.Problems.Add(kind, place);
        }
    }

    /// <summary>A picture of the store; disposing it frees what the store did not keep.</summary>
    internal readonly record struct Borrowed(Image Image, bool Owned) : IDisposable
    {
        public void Dispose()
        {
            if (Owned)
            {
                Image.Dispose();
            }
        }
    }
}
