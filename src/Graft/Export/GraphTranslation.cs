using Graft.Torch;

namespace Graft.Export;

/// <summary>Translates a recorded network into an ONNX graph, operator by operator, by the rules of <see cref="OperatorTable"/>.</summary>
internal sealed class GraphTranslation
{
    private readonly NetworkRecording _recording;
    private readonly Dictionary<Tensor, string> _values = new(ReferenceEqualityComparer.Instance);
    private readonly List<TranslatedValue> _translated = [];

    private GraphTranslation(NetworkRecording recording, GraphBuilder builder)
    {
        (_recording, Builder) = (recording, builder);
        Shapes = new ComputedShapes(builder, recording.Sizes, recording.Text is { } text ? recording.ShapeOf(text)[1] : null);
        _values[recording.Images] = "images";
        if (recording.Text is not null)
        {
            _values[recording.Text] = "text";
        }
    }

    /// <summary>The graph.</summary>
    internal GraphBuilder Builder { get; }

    /// <summary>Shapes that depend on the size of the input.</summary>
    internal ComputedShapes Shapes { get; }

    /// <summary>The values that can be compared with the engine's, in the order of the operators. An operator whose result a later one changes in
    /// place has none of its own: a fused kernel gives the changed one at once.</summary>
    internal IReadOnlyList<TranslatedValue> Values
    {
        get
        {
            Dictionary<Tensor, int> last = new(ReferenceEqualityComparer.Instance);
            for (int i = 0; i < _recording.Calls.Count; i++)
            {
                last[_recording.Calls[i].Outputs[0]] = i;
            }

            return [.. _translated.Where(value => last[_recording.Calls[value.Number].Outputs[0]] == value.Number)];
        }
    }

    /// <summary>Translates all operators; the inputs must be declared.</summary>
    /// <exception cref="GraftException">Of kind Export: an operator without a rule; the message names it and its layer.</exception>
    internal static GraphTranslation Run(NetworkRecording recording, GraphBuilder builder)
    {
        GraphTranslation translation = new(recording, builder);
        foreach (OperatorCall call in recording.Calls)
        {
            builder.Layer = call.Layer;
            string[] results = OperatorTable.Map(new OperatorContext(call, translation));
            translation._translated.Add(new TranslatedValue(translation._translated.Count, call.Layer, call.Name, results[0]));
            for (int i = 0; i < results.Length; i++)
            {
                // An operator in place gives its tensor a new value.
                translation._values[call.Outputs[i]] = results[i];
            }
        }

        builder.Layer = "";
        return translation;
    }

    /// <summary>Name of a tensor's value; a constant is added to the graph when it is read first.</summary>
    internal string ValueOf(Tensor tensor)
    {
        if (!_values.TryGetValue(tensor, out string? value))
        {
            Tensor constant = _recording.ConstantOf(tensor) ?? throw new InvalidOperationException($"A value of the layer {Builder.Layer} was not recorded.");
            string name = _recording.ParameterOf(tensor) ?? $"{Builder.Layer}.constant";
            _values[tensor] = value = Builder.Constant(name, constant.ToSingles(), constant.Shape);
        }

        return value;
    }
}

/// <summary>The result of a recorded operator in the graph.</summary>
/// <param name="Number">Number of the operator among those that depend on the inputs.</param>
/// <param name="Layer">Dotted path of the layer that it runs in.</param>
/// <param name="Operator">Its ATen name.</param>
/// <param name="Value">Name of its first result.</param>
internal sealed record TranslatedValue(int Number, string Layer, string Operator, string Value);
