using Graft.Data;
using Graft.Export;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>Inputs for calibration: images of a data set, evenly spread over it, fitted as for prediction.</summary>
/// <param name="data">The images.</param>
/// <param name="side">Side of the square input in pixels.</param>
/// <param name="most">Largest number of calibration images.</param>
internal sealed class CalibrationImages(DetectionDataset data, int side, int most)
{
    private const int ProbeCount = 4;

    /// <summary>The inputs that ranges are measured on, one at a time; images that cannot be read are left out.</summary>
    internal IEnumerable<IReadOnlyList<CalibrationTensor>> Calibration()
        => data.Images.Where((_, index) => IsTaken(index)).Select(Read).OfType<IReadOnlyList<CalibrationTensor>>();

    /// <summary>A few other inputs; of a small data set, the same.</summary>
    /// <exception cref="GraftException">Of kind Data: no image can be read.</exception>
    internal IReadOnlyList<IReadOnlyList<CalibrationTensor>> Probes()
    {
        IReadOnlyList<CalibrationTensor>[] probes =
        [
            .. data.Images.Where((_, index) => !IsTaken(index)).Concat(data.Images.Where((_, index) => IsTaken(index)))
                .Select(Read).OfType<IReadOnlyList<CalibrationTensor>>().Take(ProbeCount),
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

    private CalibrationTensor[]? Read(DetectionImage listed)
    {
        Letterbox letterbox = new(side);
        try
        {
            using Image image = Image.Load(listed.Path, data.Reading);
            using Image input = letterbox.Apply(image, letterbox.Plan(image.Width, image.Height));
            byte[] pixels = new byte[3 * side * side];
            input.CopyPlanes(pixels, swap: true);
            return [new CalibrationTensor("images", [.. pixels.Select(value => value / 255f)], [1, 3, side, side])];
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            return null;
        }
    }
}
