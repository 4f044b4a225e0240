namespace Graft.Export;

/// <summary>What a model is quantized with.</summary>
/// <param name="Calibration">Inputs that ranges are measured on, read once, one at a time.</param>
/// <param name="Probes">Other inputs, a few, that errors are measured on; they are read once per measurement.</param>
/// <param name="Score">The quality of a model file, larger is better, such as its mAP on a validation split; null: errors decide alone.</param>
public sealed record QuantizationSource(
    IEnumerable<IReadOnlyList<CalibrationTensor>> Calibration, IEnumerable<IReadOnlyList<CalibrationTensor>> Probes, Func<string, double>? Score);
