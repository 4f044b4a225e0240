using System.Globalization;
using Google.Protobuf;
using Graft.Files;
using Onnx;

namespace Graft.Export;

/// <summary>
/// Turns a float32 ONNX model into an int8 model by measuring: it calibrates the ranges of activations by several methods and takes the best,
/// measures what the quantization of each layer costs, and leaves the costliest in float until the score drops by no more than was asked for.
/// The decoding of boxes and scores always stays in float.
/// </summary>
public static class Quantizer
{
    /// <summary>Quantizes a model file. The caller refuses the result when <see cref="QuantizationReport.MeetsDrop"/> is false.</summary>
    /// <param name="modelPath">The float32 model.</param>
    /// <param name="outPath">The int8 model, complete or not at all.</param>
    /// <param name="source">Calibration inputs, probes and the score.</param>
    /// <param name="options">How to search; null: the defaults.</param>
    /// <param name="progress">Receives one line per measurement.</param>
    /// <exception cref="GraftException">No or bad calibration inputs (exit code 3), an unreadable model (4), nothing that can be quantized (5).</exception>
    public static QuantizationReport Run(
        string modelPath, string outPath, QuantizationSource source, QuantizationOptions? options = null, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new QuantizationOptions();
        Check(options);
        ModelProto model = Read(modelPath);
        Calibrator calibrator = Calibrator.Run(model, source.Calibration, options.Threads);
        progress?.Invoke($"calibrated on {Counted.Of(calibrator.Inputs, "input")}");
        QuantizationSearch search = new(calibrator, source, options, outPath, progress);
        double? floatScore = source.Score?.Invoke(modelPath);
        (QuantizationCandidate best, IReadOnlyList<LayerCost> layers) = search.Run(floatScore);
        AtomicFile.WriteBytes(outPath, best.Model.ToByteArray());
        return new QuantizationReport
        {
            Method = best.Method,
            CalibrationInputs = calibrator.Inputs,
            Trials = search.Trials,
            Layers = layers,
            Activations = [.. best.Activations],
            Error = best.Error,
            FloatScore = floatScore,
            QuantizedScore = best.Score,
            MaxDrop = options.MaxDrop,
            FloatBytes = new FileInfo(modelPath).Length,
            QuantizedBytes = new FileInfo(outPath).Length,
            Operators = OptimizedGraph.Count(outPath),
        };
    }

    private static ModelProto Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            ModelProto model = ModelProto.Parser.ParseFrom(stream);
            return model.Graph is not null ? model : throw Unreadable("it has no graph", null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidProtocolBufferException)
        {
            throw Unreadable(error.Message, error);
        }

        GraftException Unreadable(string found, Exception? error) => new(Failure.Model,
            $"{Printable.Name(path, 400)} cannot be read as an ONNX model: {found}.", "Export the model again.", error);
    }

    private static void Check(QuantizationOptions options)
    {
        string? wrong = options.WeightBits is not (7 or 8) ? string.Create(CultureInfo.InvariantCulture, $"weight bits is {options.WeightBits}; 7 or 8 was expected")
            : !(options.MaxDrop >= 0) ? string.Create(CultureInfo.InvariantCulture, $"the largest drop is {options.MaxDrop}; 0 or more was expected")
            : options.Methods.Count == 0 ? "no calibration method is named; one or more was expected"
            : options.Methods.FirstOrDefault(method => method is { Method: CalibrationMethod.Percentile, Percentile: not (> 50 and <= 100) }) is { } bad
                ? $"{bad} is no range; a percentile above 50 to 100 was expected"
            : options.ScoredMethods < 1 ? string.Create(CultureInfo.InvariantCulture, $"{options.ScoredMethods} methods are scored; 1 or more was expected")
            : null;
        if (wrong is not null)
        {
            throw new GraftException(Failure.Usage, $"Quantization: {wrong}.", "Correct the option.");
        }
    }
}
