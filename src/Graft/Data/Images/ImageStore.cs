using System.Collections.Concurrent;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>
/// Decodes the images of a data set, shrunk to the input, and caches as many as the budget allows; thread-safe.
/// </summary>
internal sealed class ImageStore : IDisposable
{
    // Sizes may differ from the annotation by rounding; a larger difference means that the boxes belong to another image.
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

    /// <summary>Indices of images that could not be used.</summary>
    public IReadOnlyCollection<int> Unreadable => [.. _unreadable.Keys.Order()];

    /// <summary>The image after the first step of the letterbox, or null when it cannot be used, which is noted once.</summary>
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
            Image image = Image.Load(listed.Path, _data.Reading with { UseDamaged = true });
            if (image.Damage is { } damage && !Accept(index, damage))
            {
                image.Dispose();
                return null;
            }

            NoteOnce(index, image);
            if (HeaderSize.Differs((listed.Width, listed.Height), (image.Width, image.Height)))
            {
                using (image)
                {
                    Note(index, DataProblemKind.ImageSizeDiffers, Sizes(listed, image));
                    return null;
                }
            }

            LetterboxPlan plan = _letterbox.Plan(image.Width, image.Height);
            if ((plan.FitWidth, plan.FitHeight) == (image.Width, image.Height))
            {
                return image;
            }

            using (image)
            {
                return Letterbox.Shrink(image, plan.FitWidth, plan.FitHeight);
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

    /// <summary>Notes problems of a usable image, once.</summary>
    private void NoteOnce(int index, Image image)
    {
        if (_noted.TryAdd(index, true))
        {
            _data.Problems.Note(image, _data.Images[index].Path, _data.Reading);
        }
    }

    private static string Sizes(DetectionImage listed, Image image)
        => $"{listed.Path}: {image.Width} x {image.Height}, annotated {listed.Width} x {listed.Height}";

    private void Note(int index, DataProblemKind kind, string place)
    {
        if (_unreadable.TryAdd(index, true))
        {
            _data.Problems.Add(kind, place);
        }
    }

    /// <summary>An image of the store; disposing it frees an image that is not cached.</summary>
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
