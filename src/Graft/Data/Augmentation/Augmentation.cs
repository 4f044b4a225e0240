using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Makes the training sample of an image; the same for the same seed, epoch and image on any thread.</summary>
internal sealed class Augmentation(DetectionDataset data, ImageStore store, Letterbox letterbox, AugmentOptions options, int seed)
{
    private readonly int _side = letterbox.Width;

    /// <summary>The sample of an image; the caller disposes it.</summary>
    /// <param name="index">Index of the image.</param>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="closing">Whether to go without mosaic and mix-up.</param>
    public Sample Make(int index, int epoch, bool closing)
    {
        SplitMix64 random = SplitMix64.For(seed, epoch, index);
        Sample sample = Geometry(index, closing, random);
        try
        {
            if (!closing && random.Uniform() < options.Mixup)
            {
                using Sample other = Geometry(RandomIndex(random), closing, random);
                MixUp.Apply(sample, other, random);
            }

            ColourJitter.ApplyFilters(sample, options.Filters, random);
            ColourJitter.Apply(sample, options, random);
            Flip(sample, random.Uniform() < options.Fliplr, random.Uniform() < options.Flipud);
            return sample;
        }
        catch
        {
            sample.Dispose();
            throw;
        }
    }

    private Sample Geometry(int index, bool closing, SplitMix64 random)
    {
        bool mosaic = !closing && random.Uniform() < options.Mosaic;
        Sample sample = mosaic ? Compose([index, RandomIndex(random), RandomIndex(random), RandomIndex(random)], random) : Fit(index);
        try
        {
            RandomAffine.Apply(sample, _side, options, random);
            return sample;
        }
        catch
        {
            sample.Dispose();
            throw;
        }
    }

    private Sample Compose(int[] indices, SplitMix64 random)
    {
        List<ImageStore.Borrowed> borrowed = [];
        try
        {
            List<(Image Image, IReadOnlyList<LabelledBox> Objects)> tiles = [];
            foreach (int index in indices)
            {
                (ImageStore.Borrowed tile, int used) = Readable(index);
                borrowed.Add(tile);
                DetectionImage listed = data.Images[used];
                (double x, double y) = ((double)tile.Image.Width / listed.Width, (double)tile.Image.Height / listed.Height);
                tiles.Add((tile.Image, [.. listed.Objects.Select(labelled => labelled with { Box = labelled.Box.Map(x, y) })]));
            }

            return Mosaic.Of(tiles, _side, random);
        }
        finally
        {
            borrowed.ForEach(tile => tile.Dispose());
        }
    }

    private Sample Fit(int index)
    {
        (ImageStore.Borrowed tile, int used) = Readable(index);
        using (tile)
        {
            DetectionImage listed = data.Images[used];
            LetterboxPlan plan = letterbox.Plan(listed.Width, listed.Height);
            return new Sample(
                letterbox.Pad(tile.Image, plan),
                [.. listed.Objects.Select(labelled => labelled with { Box = plan.ToInput(labelled.Box) })]);
        }
    }

    /// <summary>The image, or the next one that can be read.</summary>
    private (ImageStore.Borrowed Image, int Index) Readable(int index)
    {
        for (int step = 0; step < data.Images.Count; step++)
        {
            int at = (index + step) % data.Images.Count;
            if (store.Get(at) is { } image)
            {
                return (image, at);
            }
        }

        throw new GraftException(
            Failure.Data,
            $"{data.Source}: none of its {data.Images.Count} images can be read: {string.Join("; ", data.Problems.List())}.",
            "Check the files.");
    }

    private int RandomIndex(SplitMix64 random) => random.Integer(0, data.Images.Count - 1);

    private static void Flip(Sample sample, bool horizontal, bool vertical)
    {
        if (horizontal)
        {
            double width = sample.Image.Width;
            sample.Replace(
                sample.Image.Flip(horizontal: true), Mapped(sample, box => new Box(width - box.X2, box.Y1, width - box.X1, box.Y2)));
        }

        if (vertical)
        {
            double height = sample.Image.Height;
            sample.Replace(
                sample.Image.Flip(horizontal: false), Mapped(sample, box => new Box(box.X1, height - box.Y2, box.X2, height - box.Y1)));
        }
    }

    private static List<LabelledBox> Mapped(Sample sample, Func<Box, Box> map)
        => [.. sample.Objects.Select(labelled => labelled with { Box = map(labelled.Box) })];
}
