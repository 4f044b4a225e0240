using System.Runtime.ExceptionServices;
using Graft.Data;
using Graft.Torch.Images;

namespace Graft.Checks;

/// <summary>Decodes each image once, on all processors, and keeps its fingerprint, the cut-out boxes and what the model says.</summary>
/// <param name="Fingerprints">By image; null for one that cannot be read.</param>
/// <param name="Opinions">By image, what the model says about its boxes; empty without a model.</param>
internal sealed record ImageScan(IReadOnlyList<ImageFingerprint?> Fingerprints, IReadOnlyList<ModelOpinion?> Opinions)
{
    /// <summary>Decodes all images, and notes those that cannot be read.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="sheets">Receive the cut-out boxes.</param>
    /// <param name="model">Judges the boxes; null without a model.</param>
    /// <param name="threads">Images that are decoded at a time.</param>
    /// <param name="progress">Called with the number of images that are done.</param>
    /// <param name="stop">Stops between two images.</param>
    internal static ImageScan Run(
        OpenedData data, ClassSheets sheets, ModelJudge? model, int threads, Action<int>? progress, CancellationToken stop)
    {
        int done = 0;
        ImageFingerprint?[] fingerprints = new ImageFingerprint?[data.AllImages.Count];
        ModelOpinion?[] opinions = new ModelOpinion?[data.AllImages.Count];
        (DataProblemKind Kind, string Place)?[] failures = new (DataProblemKind, string)?[data.AllImages.Count];
        InParallel(data.AllImages.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, i =>
        {
            (CheckedSplit split, DetectionImage listed) = data.AllImages[i];
            string place = data.Place(listed);
            try
            {
                using Image image = Image.Load(listed.Path, split.Data.Reading with { UseDamaged = true });
                if (image.Damage is { } damage)
                {
                    failures[i] = (DataProblemKind.DamagedImage, $"{place}: {damage}");
                }
                else
                {
                    data.Problems.Note(image, place, split.Data.Reading);
                    fingerprints[i] = ImageFingerprint.Of(image);
                    sheets.Add(i, image, data.HasBothSplits ? $"{split.Name}/{Path.GetFileName(listed.Path)}" : Path.GetFileName(listed.Path));
                    opinions[i] = model?.Judge(image, listed);
                }
            }
            catch (GraftException error) when (error.Failure == Failure.Data)
            {
                failures[i] = (DataProblemKind.UnreadableImage, error.Message.Replace(listed.Path, place, StringComparison.Ordinal).TrimEnd('.'));
            }

            progress?.Invoke(Interlocked.Increment(ref done));
        });

        // In the order of the images, whatever thread was first.
        foreach ((DataProblemKind kind, string where) in failures.OfType<(DataProblemKind, string)>())
        {
            data.Problems.Add(kind, where);
        }

        return new ImageScan(fingerprints, opinions);
    }

    private static void InParallel(int count, ParallelOptions options, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, options, work);
        }
        catch (AggregateException errors) when (errors.InnerException is GraftException first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
