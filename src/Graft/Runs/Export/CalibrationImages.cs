using Graft.Data;
using Graft.Export;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>Inputs for calibration: images of a data set, evenly spread over it, fitted as for prediction. A model that takes several images at
/// once gets several; the last input is filled up with the images that it begins with.</summary>
/// <param name="data">The images.</param>
/// <param name="size">Size of the input.</param>
/// <param name="text">The text, for a model that takes it as an input; null: none.</param>
/// <param name="most">Largest number of calibration images.</param>
internal sealed class CalibrationImages(DetectionDataset data, InputSize size, CalibrationTensor? text, int most)
{
    private const int ProbeCount = 4;

    private readonly Letterbox _letterbox = new(size.Width, size.Height);

    /// <summary>Number of images that the ranges were measured on so far.</summary>
    internal int Used { get; private set; }

    /// <summary>The inputs that ranges are measured on, one at a time; images that cannot be read are left out.</summary>
    internal IEnumerable<IReadOnlyList<CalibrationTensor>> Calibration()
    {
        Used = 0;
        return data.Images.Where((_, index) => IsTaken(index)).Select(Read).OfType<float[]>().Chunk(size.Batch).Select(images =>
        {
            Used += images.Length;
            return InputOf(images);
        });
    }

    /// <summary>A few other inputs; of a small data set, the same.</summary>
    /// <exception cref="GraftException">Of kind Data: no image can be read.</exception>
    internal IReadOnlyList<IReadOnlyList<CalibrationTensor>> Probes()
    {
        IReadOnlyList<CalibrationTensor>[] probes =
        [
            .. data.Images.Where((_, index) => !IsTaken(index)).Concat(data.Images.Where((_, index) => IsTaken(index)))
                .Select(Read).OfType<float[]>().Take(Math.Max(ProbeCount, size.Batch)).Chunk(size.Batch).Select(InputOf),
        ];
        return probes.Length > 0 ? probes : throw new GraftException(
            Failure.Data, $"{data.Source}: none of its {Counted.Of(data.Images.Count, "image")} can be read, so nothing can be calibrated.", "Check the image files.");
    }

    /// <summary>Whether the step from this image to the next passes a whole part of the count.</summary>
    private bool IsTaken(int index)
    {
        long count = Math.Min(most, data.Images.Count);
        return index * count / data.Images.Count < (index + 1) * count / data.Images.Count;
    }

    private IReadOnlyList<CalibrationTensor> InputOf(float[][] images)
    {
        float[] values = [.. Enumerable.Range(0, size.Batch).SelectMany(i => images[i % images.Length])];
        CalibrationTensor input = new("images", values, [size.Batch, 3, size.Height, size.Width]);
        return text is null ? [input] : [input, text];
    }

    private float[]? Read(DetectionImage listed)
    {
        try
        {
            using Image image = Image.Load(listed.Path, data.Reading);
            using Image input = _letterbox.Apply(image, _letterbox.Plan(image.Width, image.Height));
            byte[] pixels = new byte[3 * size.Width * size.Height];
            input.CopyPlanes(pixels, swap: true);
            return [.. pixels.Select(value => value / 255f)];
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            return null;
        }
    }
}
