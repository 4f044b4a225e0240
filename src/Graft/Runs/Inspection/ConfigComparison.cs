using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>Comparison of a weight file with the network of a configuration.</summary>
/// <param name="Report">Tensors that match, are missing, unexpected, or of another shape.</param>
/// <param name="OtherSize">The network in the file, with a hint, where it is another network or size; null otherwise.</param>
public sealed record ConfigComparison(LoadReport Report, string? OtherSize)
{
    /// <summary>Compares a file with the network, in the form in which the file holds it.</summary>
    /// <param name="file">The weight file.</param>
    /// <param name="configured">Which network, and its sizes.</param>
    public static ConfigComparison Between(WeightFile file, ModelOptions configured)
    {
        ArgumentNullException.ThrowIfNull(file);
        ModelOptions model = ModelFamilies.WithFormOf(configured, file);
        using IDetector detector = DetectorFactory.Create(model, DetectorFactory.Unnamed(model));
        bool isGraftFile = Checkpoint.IsGraftFile(file);
        NameMap? map = isGraftFile ? null : UltralyticsFile.TryRead(file)?.Map;
        LoadReport report = LoadReport.Compare(detector.Network.ExpectedWeights(), file, map, new LoadOptions { MayExceed = model.TensorsBesideNetwork });
        return !report.IsComplete && ModelFamilies.Difference(file, isGraftFile ? Checkpoint.ConfigOf(file).Model : null, model) is { } difference
            ? new ConfigComparison(report, $"{difference.Message} {difference.Hint}") : new ConfigComparison(report, null);
    }
}
