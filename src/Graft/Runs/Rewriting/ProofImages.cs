using Graft.Data;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>Real images for the proof of a rewrite: from the validation split that the model was trained with, annotated ones first.</summary>
public static class ProofImages
{
    /// <summary>Loads images as network inputs; none when the data does not exist. The caller's scope owns them.</summary>
    /// <param name="config">Names the data and the side of the input.</param>
    /// <param name="count">Largest number of images.</param>
    public static IReadOnlyList<ProofImage> From(RunConfig config, int count = 2)
    {
        ArgumentNullException.ThrowIfNull(config);
        return From(config, count, config.Train.Imgsz, config.Train.Imgsz);
    }

    /// <summary>Loads images as network inputs of a size.</summary>
    /// <param name="config">Names the data.</param>
    /// <param name="count">Largest number of images.</param>
    /// <param name="width">Width of the inputs in pixels.</param>
    /// <param name="height">Height of the inputs in pixels.</param>
    internal static IReadOnlyList<ProofImage> From(RunConfig config, int count, int width, int height)
    {
        DetectionDataset set;
        try
        {
            set = DetectionData.OpenSplit(config.Data, DataSplit.Val);
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            return [];
        }

        Letterbox letterbox = new(width, height);
        List<ProofImage> images = [];
        // Where there are objects, there are boxes to compare.
        foreach (DetectionImage listed in set.Images.OrderByDescending(image => image.Objects.Count > 0).Take(count))
        {
            (Image input, _) = letterbox.Load(listed.Path);
            using (input)
            {
                byte[] pixels = new byte[3 * width * height];
                input.CopyPlanes(pixels, swap: true);
                images.Add(new ProofImage(Path.GetFileName(listed.Path), PixelBatch.Normalise(Tensor.From(pixels, 1, 3, height, width))));
            }
        }

        return images;
    }
}
