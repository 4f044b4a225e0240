using Graft.Data;
using Graft.Detectors;

namespace Graft.Checks;

/// <summary>Finds what is wrong with a data set, and writes a repaired copy when asked.</summary>
public static class DataCheck
{
    /// <summary>Checks a data set. Each image is decoded once; about 4 KB per image are kept.</summary>
    /// <param name="request">What is checked.</param>
    /// <param name="progress">Called with the number of images that are done, and of all.</param>
    /// <param name="stop">Stops between two images.</param>
    /// <returns>The result; splits that cannot be read are problems in it.</returns>
    /// <exception cref="GraftException">
    /// Of kind Data: there is no such path; of kind Refused: the folder of the copy holds something else. As <see cref="Runs.TrainedModel.Open"/>
    /// for the model.
    /// </exception>
    public static CheckReport Run(CheckRequest request, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        OpenedData data = OpenedData.Open(request.Data);
        RepairedFolder? copy = request.Fix is null ? null : RepairedFolder.Prepare(request.Fix, data, request.Overwrite);
        UnlistedImages.Note(data);
        BoxChecks.Run(data);
        int[][] counts = [.. data.Splits.Select(split => Counts(split.Images, data.ClassNames.Count))];
        ClassChecks.Run(data, counts, request.Embed, request.AlikeCosine);
        DetectionImage[] images = [.. data.AllImages.Select(entry => entry.Image)];
        using ClassSheets sheets = new(new CropPlan(images, data.ClassNames.Count));
        using ModelJudge? model = request.Model is null || data.Splits.Count == 0 ? null : new ModelJudge(request.Model, data.ClassNames);
        ImageScan scan = ImageScan.Run(data, sheets, model, request.Threads, done => progress?.Invoke(done, data.AllImages.Count), stop);
        CopyChecks.Run(data, CopyGroups.Of(scan.Fingerprints, images));
        ModelJudge.Note(data, scan.Opinions);
        return new CheckReport(
            data.Root,
            [.. data.Splits.Select(split => new CheckedBoxes(split.Name, split.Data.Source, split.Images))],
            data.ClassNames,
            [.. data.Problems.List().Select(CheckProblem.Of).OrderBy(problem => problem.Severity).ThenBy(problem => problem.Kind)],
            sheets.Encode())
        {
            Repair = copy?.Write(scan.Fingerprints),
        };
    }

    private static int[] Counts(IReadOnlyList<DetectionImage> images, int classes)
    {
        int[] counts = new int[classes];
        foreach (LabelledBox box in images.SelectMany(image => image.Objects))
        {
            counts[box.Label]++;
        }

        return counts;
    }
}
