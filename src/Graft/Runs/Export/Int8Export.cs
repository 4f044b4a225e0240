using System.Globalization;
using Graft.Data;
using Graft.Evaluation;
using Graft.Export;
using Graft.Files;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Quantizes an exported model to int8 by measuring, and refuses a result that loses too much or is not faster.</summary>
internal static class Int8Export
{
    private const int Rounds = 20;
    private const string TextNote = "mAP and ranges of activations were measured with the model's own prompts; with others int8 may lose more";

    // Measurements of whole models, besides one per layer; only the progress bar depends on it.
    private const int WholeModels = 12;

    /// <summary>Exports the float model beside the target, quantizes it, and gives the accepted result its name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Target; complete or absent.</param>
    /// <param name="options">Form of the model.</param>
    /// <param name="int8">Data and limits.</param>
    /// <param name="export">Exports the verified float model to a path.</param>
    /// <param name="progress">Receives the share that is done and the last measurement.</param>
    internal static ExportReport Run(
        TrainedModel model, string path, ModelExportOptions options, Int8Options int8, Func<string, ExportReport> export, Action<double, string>? progress)
    {
        ExportOptions form = FormOf(model, options, int8);
        CalibrationTensor? text = options.TextInput ? TextOf(model) : null;
        DetectionDataset train = DetectionData.OpenSplit(int8.Data, DataSplit.Train, model.Vocabulary.Names);
        DetectionDataset val = DetectionData.OpenSplit(int8.Data, DataSplit.Val, model.Vocabulary.Names);
        val.RequireObjects(forTraining: false);
        CalibrationImages images = new(train, form.DynamicBatch ? form.Size with { Batch = 1 } : form.Size, text, int8.Images);
        IReadOnlyList<IReadOnlyList<CalibrationTensor>> probes = images.Probes();

        using PartialFile single = new(path, ".float.onnx"), quantized = new(path, ".int8.onnx");
        ExportReport report = export(single.Path);
        using DetectorEvaluation evaluation = new(val, new Letterbox(form.Size.Width, form.Size.Height), form.Thresholds with { ScoreThreshold = model.Config.Predict.ScoreThreshold });
        double before = Score(single.Path);
        if (!(before > 0))
        {
            throw new GraftException(
                Failure.Refused, $"The model finds nothing of {val.Source} (mAP {Number(before)}), so what int8 costs cannot be measured.", "Calibrate with data of its classes.");
        }

        int steps = WholeModels + report.Nodes.Where(node => node.Operator is "Conv" or "MatMul" or "Gemm").Sum(node => node.Count), done = 0;
        QuantizationReport measured = Quantizer.Run(
            single.Path, quantized.Path, new QuantizationSource(images.Calibration(), probes, file => file == single.Path ? before : Score(file)),
            int8.Search with { MaxDrop = int8.MaxDrop }, line => progress?.Invoke(Math.Min(1, (double)++done / steps), line));
        RequireScore(measured, val);
        OnnxTiming timing = int8.Compare is { } compare ? compare(single.Path, quantized.Path) : OnnxTiming.Compare(single.Path, quantized.Path, probes, Rounds, int8.Search.Threads);
        RequireSpeed(measured, timing);
        return QuantizedFile.Write(text is null ? report : report with { Notes = [.. report.Notes, TextNote] }, quantized.Path, path, measured, timing, images.Used);

        double Score(string file)
        {
            if (int8.Score is { } given)
            {
                return given(file);
            }

            using TensorScope scope = TensorScope.Begin();
            using ExportedDetector detector = new(model.Detector, file, form, text, int8.Search.Threads);
            return evaluation.Run(detector).Scores.Map;
        }
    }

    /// <summary>The form of the model; refuses options that an int8 model cannot be made with.</summary>
    private static ExportOptions FormOf(TrainedModel model, ModelExportOptions options, Int8Options int8)
    {
        (string Found, string Hint)? wrong =
            options.Half ? ("weights cannot be float16 and int8", "Leave --half out: int8 weights are smaller still. Or leave --int8 out.")
            : int8.MaxDrop is not (>= 0 and <= 1) ? (string.Create(CultureInfo.InvariantCulture, $"the largest loss of mAP is {int8.MaxDrop}"), "Give a number from 0 to 1.")
            : int8.Images < 1 ? ($"{int8.Images} calibration images measure nothing", "Give 1 or more.")
            : null;
        return wrong is { } problem ? throw new GraftException(Failure.Usage, $"int8: {problem.Found}.", problem.Hint) : ModelExport.FormOf(model, options);
    }

    /// <summary>The model's own prompts as its input, 1×N×D.</summary>
    private static CalibrationTensor TextOf(TrainedModel model)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor rows = Subject.Of(model.Detector).Text(DType.Float) ?? throw new GraftException(
            Failure.Usage, "This model reads no text, so text cannot be its second input.", "Leave --text input out.");
        return new CalibrationTensor("text", rows.ToSingles(), rows.Shape);
    }

    private static void RequireScore(QuantizationReport measured, DetectionDataset val)
    {
        if (!measured.MeetsDrop)
        {
            throw new GraftException(
                Failure.Refused,
                $"int8 loses {Number(measured.Drop!.Value)} of mAP on {val.Source}: {Number(measured.FloatScore!.Value)} before, {Number(measured.QuantizedScore!.Value)} after, "
                + $"with {measured.InFloat.Count()} of {Counted.Of(measured.Layers.Count, "layer")} in float; {Number(measured.MaxDrop)} is allowed.",
                "Use the float model, or allow more with --max-drop.");
        }
    }

    private static void RequireSpeed(QuantizationReport measured, OnnxTiming timing)
    {
        // A ratio that is not a number is no gain either.
        if (!(timing.Speedup > 1))
        {
            throw new GraftException(
                Failure.Refused,
                string.Create(CultureInfo.InvariantCulture, $"int8 is not faster on this machine: {timing.First:f1} ms in float32, {timing.Second:f1} ms in int8 ")
                + string.Create(CultureInfo.InvariantCulture, $"({timing.Speedup:f2} times as fast); mAP {measured.FloatScore:f4} before, {measured.QuantizedScore:f4} after."),
                "Use the float model, with --half for a smaller file; int8 gains on processors with dot products of bytes, such as VNNI.");
        }
    }

    private static string Number(double value) => value.ToString("f4", CultureInfo.InvariantCulture);
}
