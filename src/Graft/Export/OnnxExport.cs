using Google.Protobuf;
using Graft.Detectors;
using Graft.Files;
using Graft.Rewriting;
using Onnx;

namespace Graft.Export;

/// <summary>Exports a detector as an ONNX model (opset 17): <c>images</c> B×3×H×W, RGB in 0..1, to <c>output0</c>. The file takes its name
/// only after ONNX Runtime has given the same raw outputs and final boxes as the detector.</summary>
public static class OnnxExport
{
    /// <summary>Exports and verifies.</summary>
    /// <param name="source">The detector that the file must agree with, in evaluation mode.</param>
    /// <param name="deployed">The same network rewritten for deployment: merged, baked, folded; or the detector's own.</param>
    /// <param name="path">Target; complete or absent.</param>
    /// <param name="options">Form of the model.</param>
    /// <param name="description">What the metadata says about the model.</param>
    /// <param name="images">Real images of the model's size for the verification.</param>
    /// <param name="tolerance">Limits of the differences; null: the defaults.</param>
    /// <exception cref="GraftException">Of kind Export: an operator has no form in ONNX, or the outputs differ; the message names the
    /// layer.</exception>
    public static ExportReport Write(
        IDetector source, Subject deployed, string path, ExportOptions options, ExportDescription description,
        IReadOnlyList<ProofImage>? images = null, ExportTolerance? tolerance = null)
        => Write(source, deployed, path, options, description, images ?? [], tolerance ?? new ExportTolerance(), change: null);

    /// <summary>The same with a change of the graph before it is verified, for tests of the verification.</summary>
    internal static ExportReport Write(
        IDetector source, Subject deployed, string path, ExportOptions options, ExportDescription description,
        IReadOnlyList<ProofImage> images, ExportTolerance tolerance, Action<ExportedGraph>? change)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(deployed);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(description);
        Check(source, options);
        ExportedGraph graph = ExportedGraph.Of(deployed, options);
        change?.Invoke(graph);
        ExportVerifier verifier = new(source, deployed, graph, options, tolerance);
        ExportProof proof = verifier.Run(graph.Model.ToByteArray(), images);
        return Finish(source, graph.Model, verifier, proof, path, options, description, images);
    }

    /// <summary>Completes a verified model with metadata and writes it.</summary>
    internal static ExportReport Finish(
        IDetector source, ModelProto model, ExportVerifier verifier, ExportProof proof, string path, ExportOptions options, ExportDescription description,
        IReadOnlyList<ProofImage> images)
    {
        if (options.Half)
        {
            HalfWeights.Store(model.Graph);
            proof = proof with { Half = verifier.RunHalf(model.ToByteArray(), images) };
        }

        Dictionary<string, string> metadata = ExportMetadata.Of(source, options, description, proof);
        model.MetadataProps.AddRange(metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        model.ProducerVersion = description.Version;
        model.Graph.Name = description.Name;
        byte[] bytes = model.ToByteArray();
        using (OnnxRun _ = new(bytes))
        {
        }

        AtomicFile.WriteBytes(path, bytes);
        return new ExportReport(path, bytes.Length, proof, ExportReport.Count(model.Graph), LoaderRules.All.ToDictionary(rules => rules.Name, rules => rules.Check(model, metadata)))
        {
            Outputs = [.. model.Graph.Output.Select(output => (output.Name, Shape(output)))],
        };
    }

    /// <summary>Refuses options that do not fit the detector.</summary>
    internal static void Check(IDetector source, ExportOptions options)
    {
        if (!ImageSize.Fits(options.Size.Height, options.Size.Width) || options.Size.Batch < 1)
        {
            throw new GraftException(Failure.Usage, $"The input size is {options.Size}; height and width must be multiples of 32.");
        }

        if (options.Suppression && source.Network.IsEndToEnd)
        {
            throw new GraftException(Failure.Usage, "This model gives each object once, so there is nothing to suppress.", "Leave --nms out.");
        }

        if (options.Suppression && (options.Thresholds.ClassAgnostic || (!options.Thresholds.MultiLabel && source.Names.Count > 1)))
        {
            throw new GraftException(
                Failure.Usage,
                $"NMS in the graph suppresses each class by itself and lets an anchor point give one box per class; this model has predict.{(options.Thresholds.ClassAgnostic ? "class_agnostic=true" : "multi_label=false")}.",
                "Leave --nms out: the application then does the suppression; Graft.Runtime reads these settings.");
        }

        if (options.Thresholds.OneToMany && source.Network.IsEndToEnd)
        {
            throw new GraftException(Failure.Usage, "The exported model has the one-to-one head; this model is used with predict.one_to_many=true.", "Set predict.one_to_many=false.");
        }

        if (options.TextInput && source is not ITextDetector { ReadsText: true })
        {
            throw new GraftException(Failure.Usage, "This model reads no text, so text cannot be its second input.", "Leave --text input out.");
        }
    }

    private static string Shape(ValueInfoProto value)
        => string.Join(',', value.Type.TensorType.Shape.Dim.Select(dim => dim.DimParam.Length > 0 ? dim.DimParam : $"{dim.DimValue}"));
}
