using System.Globalization;
using Graft.Adapters;
using Graft.Data;
using Graft.Evaluation;
using Graft.Reports;

namespace Graft.Runs;

/// <summary>Writes the report of a training run.</summary>
internal static class TrainingReport
{
    /// <summary>The images that a report shows, where the run folder has them.</summary>
    private static readonly ReportImage[] ShownImages =
    [
        new("val_batch0_pred.jpg", "Validation images: ground truth (left) and detections (right)."),
        new("confusion_matrix_normalized.png", "Confusion between classes, at score 0.25."),
        new("labels.jpg", "The training boxes: number per class, sizes, positions."),
    ];

    /// <summary>Writes <c>report.json</c>, <c>report.html</c> and <c>report.md</c>; warnings are remarks about the
    /// class names and the problems of the data.</summary>
    public static void Write(
        RunConfig config, TrainingRequest request, DetectionData data, TrainingResult result, AttachedAdapters? attached, EvaluationResult? shown,
        IReadOnlyList<string> remarks)
    {
        RunFolder folder = result.Folder;
        RunReport report = new()
        {
            Name = Path.GetFileName(Path.GetFullPath(folder.Path)),
            Command = request.Command,
            Started = new DateTimeOffset(File.GetLastWriteTimeUtc(folder.Arguments), TimeSpan.Zero),
            Seconds = result.Seconds,
            Model = $"{config.Model.Description}, {config.Train.Imgsz} px",
            Base = request.Base ?? string.Empty,
            Adapters = Describe(attached),
            TotalParameters = result.Summary.Total,
            TrainableParameters = result.Summary.Trainable,
            Data = new ReportData(
                data.Train.Source, data.Train.ClassNames, data.Train.Images.Count, data.Train.BoxCount, data.Val.Images.Count, data.Val.BoxCount),
            Scores = shown?.Scores,
            Results = File.Exists(folder.Results) ? ResultsCsv.Read(folder.Results) : [],
            Charts = shown is null ? [] : [DetectionCurves.PrecisionOverRecall(shown.Scores), DetectionCurves.F1OverScore(shown.Scores)],
            ImagesPerSecond = result.ImagesPerSecond,
            PeakMemoryMb = ProcessMemory.PeakMegabytes(),
            Settings = new Dictionary<string, string>
            {
                ["train.epochs"] = $"{config.Train.Epochs}",
                ["train.batch"] = $"{config.Train.Batch}",
                ["train.lr"] = string.Create(CultureInfo.InvariantCulture, $"{config.Train.Lr}"),
                ["train.seed"] = $"{config.Train.Seed}",
            },
            Warnings = [.. remarks, .. ProblemsOf(config, data)],
            Images = [.. ShownImages.Where(image => File.Exists(folder.In(image.File)))],
            Machine = Provenance.Machine(),
            Revision = Provenance.Version(),
        };
        RunPage.Save(folder.Path, report);
    }

    /// <summary>What a user must know about both splits; objects of classes that are not selected are left out.</summary>
    internal static IReadOnlyList<string> ProblemsOf(RunConfig config, DetectionData data) =>
    [
        .. Problems(config, data.Train).Select(problem => $"Training data: {problem}"),
        .. Problems(config, data.Val).Select(problem => $"Validation data: {problem}"),
    ];

    private static IEnumerable<DataProblem> Problems(RunConfig config, DetectionDataset set)
        => set.Problems.List().Where(problem => !config.Data.IsIntended(problem));

    private static string Describe(AttachedAdapters? attached) => attached is null
        ? string.Empty
        : string.Join(", ", attached.Adapters.GroupBy(planned => planned.Adapter.Options.Kind).Select(group => $"{group.Count()} × {group.Key}"));
}
