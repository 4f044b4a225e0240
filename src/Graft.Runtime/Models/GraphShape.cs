using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Graft.Runtime.Models;

/// <summary>Inputs and outputs of a detector's graph; sizes are -1 where the model takes any.</summary>
/// <param name="Image">Name of the image input.</param>
/// <param name="ImageShape">Batch, 3, height, width.</param>
/// <param name="Text">Name of the second input; null where there is none.</param>
/// <param name="TextShape">1, classes, values per class; empty where there is none.</param>
/// <param name="Output">Name of the output.</param>
/// <param name="OutputShape">Batch, 4 + classes, anchor points; or batch, boxes, 6.</param>
internal sealed record GraphShape(string Image, int[] ImageShape, string? Text, int[] TextShape, string Output, int[] OutputShape)
{
    private const string Expected = "A detector with one image input [batch, 3, height, width] and an output [batch, 4 + classes, anchors] or [batch, boxes, 6], both float32, is expected";

    /// <summary>Checks that a graph is a detector's.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Model: it is something else.</exception>
    public static GraphShape Read(string file, InferenceSession session, string? textInput)
    {
        string[] inputs = [.. session.InputNames], outputs = [.. session.OutputNames];
        string image = inputs.FirstOrDefault(name => name == "images") ?? inputs.FirstOrDefault(name => name != textInput) ?? "";
        string output = outputs.FirstOrDefault(name => name == "output0") ?? outputs.FirstOrDefault() ?? "";
        string[] others = [.. inputs.Where(name => name != image && name != textInput)];
        if (image.Length == 0 || output.Length == 0 || others.Length > 0 || (textInput is not null && !inputs.Contains(textInput)))
        {
            throw Foreign(file, $"its inputs are {List(session.InputMetadata)}, its outputs {List(session.OutputMetadata)}");
        }

        int[] imageShape = Shape(file, "input", image, session.InputMetadata[image]);
        int[] outputShape = Shape(file, "output", output, session.OutputMetadata[output]);
        int[] textShape = textInput is null ? [] : Shape(file, "input", textInput, session.InputMetadata[textInput]);
        if (imageShape.Length != 4 || imageShape[1] is not (3 or -1) || outputShape.Length != 3 || (textInput is not null && textShape.Length != 3))
        {
            throw Foreign(file, $"its inputs are {List(session.InputMetadata)}, its outputs {List(session.OutputMetadata)}");
        }

        if (outputs.Length > 1 && outputs.Contains("output1"))
        {
            throw Foreign(file, $"it has {outputs.Length} outputs ({List(session.OutputMetadata)}), as segmentation models do");
        }

        return new GraphShape(image, imageShape, textInput, textShape, output, outputShape);
    }

    /// <summary>Reads like "images [1, 3, 640, 640]", with ? for sizes that may vary.</summary>
    public static string Show(string name, IEnumerable<int> shape)
        => $"{name} [{string.Join(", ", shape.Select(size => size < 0 ? "?" : size.ToString(CultureInfo.InvariantCulture)))}]";

    private static int[] Shape(string file, string role, string name, NodeMetadata node)
    {
        if (!node.IsTensor || node.ElementDataType != TensorElementType.Float)
        {
            string found = node.IsTensor ? node.ElementDataType.ToString() : node.OnnxValueType.ToString();
            throw Foreign(file, $"its {role} {name} is of type {found}");
        }

        return [.. node.Dimensions.Select(size => size > 0 ? size : -1)];
    }

    private static string List(IReadOnlyDictionary<string, NodeMetadata> nodes)
        => nodes.Count == 0 ? "none" : string.Join(", ", nodes.Select(node => node.Value.IsTensor ? Show(node.Key, node.Value.Dimensions) : node.Key));

    private static OnnxDetectorException Foreign(string file, string found)
        => new(FailureKind.Model, $"{file} is not a detector that Graft.Runtime reads: {found}. {Expected}.", "Export a model for detection, with its plain outputs or with final boxes.");
}
