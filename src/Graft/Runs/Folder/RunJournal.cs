using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Evaluation;
using Graft.Files;
using Graft.Reports;
using Graft.Reports.Charts;
using Graft.Torch.Images;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Writes results.csv after each epoch and curves and images at the end; forwards all reports.</summary>
public sealed class RunJournal : IRunObserver
{
    private const int ShownImages = 12;
    private const double ShownScore = 0.25;

    private readonly RunFolder _folder;
    private readonly IRunObserver _next;
    private readonly List<ResultsRow> _rows;

    /// <summary>Opens the journal of a run.</summary>
    /// <param name="folder">Where to write.</param>
    /// <param name="next">Receives all reports too.</param>
    /// <param name="finished">Epochs that are done: later rows of an interrupted epoch are dropped.</param>
    public RunJournal(RunFolder folder, IRunObserver next, int finished)
    {
        (_folder, _next) = (folder, next);
        _rows = File.Exists(folder.Results) && finished > 0 ? [.. ResultsCsv.Read(folder.Results).Take(finished)] : [];
    }

    /// <inheritdoc/>
    public void OnStep(StepReport report) => _next.OnStep(report);

    /// <inheritdoc/>
    public void OnNote(string note) => _next.OnNote(note);

    /// <inheritdoc/>
    public void OnEpoch(EpochReport report)
    {
        // YOLOv10 has two heads; the results table has one column per part.
        double Loss(string part) => Sum(report.Losses, part);
        double ValLoss(string part) => Sum(report.ValLosses, part);
        (double precision, double recall) = report.Scores is null ? (double.NaN, double.NaN) : DetectionCurves.BestF1(report.Scores);
        _rows.Add(new ResultsRow
        {
            Epoch = report.Epoch + 1,
            Time = report.Seconds,
            TrainBoxLoss = Loss("box_"),
            TrainClassLoss = Loss("cls_"),
            TrainDistributionLoss = Loss("dfl_"),
            Precision = precision,
            Recall = recall,
            Map50 = Defined(report.Scores?.Map50),
            Map = Defined(report.Scores?.Map),
            ValBoxLoss = ValLoss("box_"),
            ValClassLoss = ValLoss("cls_"),
            ValDistributionLoss = ValLoss("dfl_"),
            LearningRates = [report.Rate, report.Rate, report.Rate],
        });
        ResultsCsv.Write(_folder.Results, _rows);
        _next.OnEpoch(report);
    }

    /// <summary>Draws curves, labels and images.</summary>
    /// <param name="data">The data of the run.</param>
    /// <param name="shown">The evaluation to show, that of the best epoch; null when there was none.</param>
    public void DrawImages(DetectionData data, EvaluationResult? shown)
    {
        if (_rows.Count > 0)
        {
            Save("results.png", TrainingCurves.Draw(_rows));
        }

        Save("labels.jpg", LabelOverview.Of(data.Train).Draw());
        if (shown is null)
        {
            return;
        }

        Save("BoxPR_curve.png", ChartSheet.Draw(DetectionCurves.PrecisionOverRecall(shown.Scores)));
        Save("BoxF1_curve.png", ChartSheet.Draw(DetectionCurves.F1OverScore(shown.Scores)));
        Save("BoxP_curve.png", ChartSheet.Draw(DetectionCurves.PrecisionOverScore(shown.Scores)));
        Save("BoxR_curve.png", ChartSheet.Draw(DetectionCurves.RecallOverScore(shown.Scores)));
        ConfusionMatrix confusion = ConfusionMatrix.Of(
            data.Val.ClassNames, data.Val.Images.Zip(shown.Detections, (image, found) => (image.Objects, (IReadOnlyList<Detection>)found)));
        Save("confusion_matrix.png", ConfusionChart.Draw(confusion));
        Save("confusion_matrix_normalized.png", ConfusionChart.Draw(confusion, shares: true));
        DrawSamples(data.Val, shown);
    }

    /// <summary>An undefined score (−1) is NaN in the table.</summary>
    private static double Defined(double? score) => score >= 0 ? score.Value : double.NaN;

    private static double Sum(IReadOnlyList<(string Name, double Value)> losses, string part)
        => losses.Where(loss => loss.Name.StartsWith(part, StringComparison.Ordinal)).Select(loss => loss.Value).DefaultIfEmpty(double.NaN).Sum();

    private void DrawSamples(DetectionDataset val, EvaluationResult last)
    {
        int step = Math.Max(1, val.Images.Count / ShownImages);
        List<ImagePair> pairs = [];
        List<Image> images = [];
        for (int i = 0; i < val.Images.Count && pairs.Count < ShownImages; i += step)
        {
            DetectionImage image = val.Images[i];
            try
            {
                images.Add(Image.Load(image.Path, val.Reading));
            }
            catch (GraftException)
            {
                continue;   // the evaluation has reported it
            }

            pairs.Add(new ImagePair(
                images[^1], Path.GetFileName(image.Path), [.. image.Objects.Select(one => new DrawnBox(one.Box, one.Label))],
                [.. last.Detections[i].Where(found => found.Score >= ShownScore).Select(DrawnBox.Of)]));
        }

        Save("val_batch0_labels.jpg", ContactSheet.Draw([.. pairs.Select(pair => new SheetTile(pair.Image, pair.Title, pair.Truth))], val.ClassNames));
        Save("val_batch0_pred.jpg", ContactSheet.DrawPairs(pairs, val.ClassNames));
        images.ForEach(image => image.Dispose());
    }

    private void Save(string name, Image image)
    {
        using (image)
        {
            AtomicFile.WriteBytes(_folder.In(name), image.Encode(Path.GetExtension(name), quality: name.EndsWith(".jpg", StringComparison.Ordinal) ? 90 : 0));
        }
    }
}
