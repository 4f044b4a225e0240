using Graft.Torch;

namespace Graft.Export;

/// <summary>What a rule sees: the recorded operator, the names of its arguments in the graph, and the graph to add nodes to.</summary>
internal sealed class OperatorContext(OperatorCall call, GraphTranslation translation)
{
    /// <summary>The recorded operator.</summary>
    internal OperatorCall Call { get; } = call;

    /// <summary>The graph.</summary>
    internal GraphBuilder Graph => translation.Builder;

    /// <summary>Name of a tensor argument; a number becomes a constant.</summary>
    internal string In(int argument) => Call.Inputs[argument].Tensor is { } tensor
        ? translation.ValueOf(tensor)
        : Graph.Scalar(Call.Number(argument));

    /// <summary>Name of an optional tensor argument; empty when it is not given.</summary>
    internal string Optional(int argument) => Call.Has(argument) ? In(argument) : "";

    /// <summary>Names of a list of tensors.</summary>
    internal string[] Many(int argument) => [.. Call.Inputs[argument].Tensors.OfType<Tensor>().Select(translation.ValueOf)];

    /// <summary>Adds a node with one result.</summary>
    internal string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes) => Graph.Add(operation, inputs, attributes);

    /// <summary>A shape as an input of a node; parts that depend on the input's size are computed.</summary>
    internal string Shape(IReadOnlyList<Size> shape) => translation.Shapes.List(shape);

    /// <summary>An argument in another shape.</summary>
    /// <param name="value">Name of the value.</param>
    /// <param name="from">Its shape.</param>
    /// <param name="shape">The new shape; one length may be -1.</param>
    internal string Reshape(string value, Size[] from, Size[] shape)
    {
        // A length that is copied or inferred needs no computed shape.
        Size[] wanted = [.. shape.Select((length, axis) => axis < from.Length && length.Is(from[axis]) && !length.IsFixed ? length with { Values = [.. length.Values.Select(_ => 0L)] } : length)];
        int[] open = [.. Enumerable.Range(0, wanted.Length).Where(axis => !wanted[axis].IsFixed)];
        if (open.Length == 1 && !wanted.Any(length => length is { IsFixed: true, Fixed: -1 }))
        {
            wanted[open[0]] = new Size([.. wanted[open[0]].Values.Select(_ => -1L)]);
        }

        return Add("Reshape", [value, Shape(wanted)]);
    }

    /// <summary>The error for arguments that a rule does not map.</summary>
    internal GraftException Unsupported(string what) => new(
        Failure.Export, $"{Call.Name} in the layer {Call.Layer} {what}; the ONNX export has no rule for that.", "Export with a fixed batch and image size, or report the layer.");
}
