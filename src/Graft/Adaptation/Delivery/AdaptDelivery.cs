using System.Diagnostics;
using System.Globalization;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Export;
using Graft.Files;
using Graft.Reports;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Adaptation;

/// <summary>What follows training: scores, the merged model, the joined one, the ONNX file, the page.</summary>
internal sealed class AdaptDelivery(AdaptRequest request, AdaptBase plain, AdaptFolder folder, RunConfig config, IAdaptObserver observer)
{
    /// <summary>Delivers a trained run.</summary>
    /// <param name="plan">What was chosen.</param>
    /// <param name="training">The run.</param>
    /// <param name="data">Both splits.</param>
    /// <param name="names">Class names, in label order.</param>
    /// <param name="zero">The base on the validation images.</param>
    /// <param name="warnings">What the user was told.</param>
    /// <param name="clock">Runs since the beginning.</param>
    /// <param name="stop">Stops between two steps.</param>
    internal AdaptResult Run(
        AdaptPlan plan, TrainingResult training, DetectionData data, IReadOnlyList<string> names, EvaluationResult zero, List<string> warnings, Stopwatch clock,
        CancellationToken stop)
    {
        string trained = training.Folder.Model!;
        EvaluationResult adapted;
        RewriteReport merge;
        ExportReport export;
        JoinReport? join;
        using (TrainedModel model = TrainedModel.Open(trained, []))
        {
            using (DetectorEvaluation evaluation = new(data.Val, config.Train.Imgsz, config.Predict, config.Train.Workers))
            {
                adapted = evaluation.Run(model.Detector, done => observer.OnProgress((double)done / data.Val.Images.Count, $"adapted {done}/{data.Val.Images.Count}"));
            }

            double gain = adapted.Scores.Map50 - zero.Scores.Map50;
            Line(Text($"   adapted: mAP50 {ScoreText.Of(adapted.Scores.Map50)}, zero-shot {ScoreText.Of(zero.Scores.Map50)}: {gain:+0.000;-0.000;0.000}"));
            if (gain <= 0)
            {
                Warn("by mAP50 the adapted model is no better than the base by words alone on these images; give it more time (--minutes) or more labelled images");
            }

            Next("merging");
            merge = ModelRewriting.Merge(model, folder.Merged);
            Line(Text($"7. merged: {folder.Merged}: {Counted.Of(merge.Folded.Count, "part")} folded, {merge.Left.Count} left; largest difference {merge.MaxAbs:g2}, {Counted.Of(merge.Boxes, "box")} move {merge.BoxesMaxPx:g2} px at most"));
            Next("joining");
            join = Join(training);
            Next("exporting");
            export = ModelExport.Run(model, folder.Onnx, new ModelExportOptions(), observer.OnNote);
        }

        EvaluationResult onnx = Onnx(data.Val.Images.Count);
        BoxComparison boxes = BoxAgreement.Of(above => Above(adapted, above), above => Above(onnx, above), PredictionRequest.DefaultScore, new ExportTolerance().Score);
        ExportProof proof = export.Proof;
        Line(Text($"8. ONNX: {folder.Onnx}, {export.Bytes / 1e6:0.0} MB; ONNX Runtime agrees: largest difference {proof.MaxAbs:g2}, {Counted.Of(proof.Boxes, "box")} move {proof.BoxesMaxPx:g2} px at most"));
        Line(Text($"   Graft.Runtime on all validation images: mAP50 {ScoreText.Of(onnx.Scores.Map50)}; {Counted.Of(boxes.Before, "box")}, {(boxes.Unmatched == 0 ? Text($"{boxes.MaxPixels:g2} px apart at most") : Text($"{boxes.Unmatched} without a partner (boxes of equal score suppress each other either way)"))}"));
        AdaptResult result = new(folder, plan, training, zero.Scores, adapted.Scores, merge, join, export, onnx.Scores, clock.Elapsed.TotalSeconds)
        {
            Names = names,
            OnnxBoxes = boxes,
            Next = Commands(join is not null),
            Warnings = warnings,
        };
        AdaptPage.Save(result, request, plain, data, zero, adapted);
        return result with { Seconds = clock.Elapsed.TotalSeconds };

        void Next(string what)
        {
            if (stop.IsCancellationRequested)
            {
                throw new OperationCanceledException(
                    $"Stopped before {what}; the training is complete. Go on with: {folder.GoOn}", stop);
            }

            observer.OnProgress(0, what);
        }

        void Warn(string text)
        {
            warnings.Add(text);
            observer.OnNote(text);
        }
    }

    /// <summary>The base and the adapted model in one file; classes of the base that have a name of the data are called base/NAME there.</summary>
    private JoinReport? Join(TrainingResult training)
    {
        if (plain.Words is not { Names.Count: > 0 } own)
        {
            Line($"   not joined: {plain.Target} has no words of its own that could be kept");
            return null;
        }

        string[] both = [.. own.Names.Where(NamesOf(training).Contains)];
        string[] settings = [Text($"train.imgsz={config.Train.Imgsz}"), .. config.Data.Depth is { } depth ? [Text($"data.depth={depth}")] : Array.Empty<string>()];
        string branch = File.Exists(training.Folder.Adapter) ? training.Folder.Adapter : training.Folder.Model!;
        JoinReport report = ModelJoin.Run(
            new JoinRequest(plain.Path, [branch])
            {
                Settings = settings,
                ProofData = config.Data,
                Renames = [.. both.Select(name => $"{JoinNames.Base}:{name}={JoinNames.Base}/{name}")],
            },
            folder.Joined);
        string renamed = both.Length == 0 ? "" : $"; the base's {Listed.All(both)} {(both.Length == 1 ? "is" : "are")} called {JoinNames.Base}/… there";
        Line(Text($"   joined: {folder.Joined}: {Counted.Of(report.Outputs, "output")} and {Counted.Of(report.Boxes, "box")} of base and adapted model are bit for bit those of each alone{renamed}"));
        report.Notes.ToList().ForEach(observer.OnNote);
        return report;
    }

    private static IReadOnlyList<string> NamesOf(TrainingResult training) => TrainedModel.VocabularyOf(training.Folder.Model!)?.Names ?? [];

    private EvaluationResult Onnx(int images)
    {
        using OnnxModel model = OnnxModel.Open(folder.Onnx);
        return OnnxEvaluation.Run(model, OnnxEvaluation.Open(model, config.Data), done => observer.OnProgress((double)done / images, $"ONNX {done}/{images}"));
    }

    private static Detection[][] Above(EvaluationResult result, double score) => [.. result.Detections.Select(found => found.Where(one => one.Score >= score).ToArray())];

    private string[] Commands(bool joined) =>
    [
        ShellText.Line("graft", "predict", folder.Onnx, "IMAGES", "--out", "found"),
        joined ? ShellText.Line("graft", "predict", folder.Joined, "IMAGES", "--out", "found-by-all") : ShellText.Line("graft", "val", folder.Onnx, "--data", request.Data),
        ShellText.Line("graft", "train", folder.Config, "--base", request.Base, "--work-dir", Path.Combine(folder.Path, "again"), "train.epochs=100"),
    ];

    private void Line(string text) => observer.OnLine(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
