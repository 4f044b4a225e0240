using Graft.Torch;

namespace Graft.Export;

/// <summary>One operator of a <see cref="NetworkRecording"/> with its arguments in all recordings.</summary>
internal sealed class OperatorCall
{
    private readonly NetworkRecording _recording;
    private readonly Operation[] _runs;
    private readonly Dictionary<Tensor, Size[]> _shapes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Pairs the same operator of several recordings; shapes are those at this point of the run.</summary>
    internal OperatorCall(NetworkRecording recording, Operation[] runs)
    {
        (_recording, _runs) = (recording, runs);
        foreach (Tensor tensor in Inputs.SelectMany(input => input.Tensor is { } one ? [one] : input.Tensors.OfType<Tensor>()))
        {
            _shapes[tensor] = recording.ShapeOf(tensor);
        }
    }

    /// <summary>Name of the operator, such as <c>aten::conv2d</c>.</summary>
    internal string Name => _runs[0].Name;

    /// <summary>Dotted path of the layer that it runs in.</summary>
    internal string Layer => _runs[0].Module;

    /// <summary>Arguments of the first recording.</summary>
    internal IReadOnlyList<Argument> Inputs => _runs[0].Inputs;

    /// <summary>Results of the first recording.</summary>
    internal IReadOnlyList<Tensor> Outputs => _runs[0].Outputs;

    /// <summary>Whether an argument is given.</summary>
    internal bool Has(int argument) => argument < Inputs.Count && Inputs[argument].Value is not null;

    /// <summary>An integer argument.</summary>
    /// <exception cref="GraftException">Of kind Export: it depends on the size of the input.</exception>
    internal long Integer(int argument, long missing = 0) => Has(argument) ? (long)Same(argument) : missing;

    /// <summary>A number argument.</summary>
    internal double Number(int argument, double missing = 0) => !Has(argument) ? missing
        : Same(argument) switch { double real => real, long integer => integer, bool flag => flag ? 1 : 0, _ => missing };

    /// <summary>A Boolean argument.</summary>
    internal bool Flag(int argument) => Has(argument) && (bool)Inputs[argument].Value!;

    /// <summary>A list of integers that does not depend on the size of the input.</summary>
    internal long[] Integers(int argument) => [.. Sizes(argument).Select(size => size.Fixed)];

    /// <summary>A list of integers, such as a shape.</summary>
    internal Size[] Sizes(int argument)
    {
        long[][] lists = [.. _runs.Select(run => (long[])run.Inputs[argument].Value!)];
        return [.. lists[0].Select((_, i) => new Size([.. lists.Select(list => list[i])]))];
    }

    /// <summary>Lengths of an argument's axes.</summary>
    internal Size[] ShapeOf(int argument) => _shapes[Inputs[argument].Tensor!];

    /// <summary>Lengths of a result's axes.</summary>
    internal Size[] ResultShape(int result = 0) => _recording.ShapeOf(Outputs[result]);

    /// <summary>A constant argument's values; null for one that depends on the inputs.</summary>
    internal Tensor? Constant(int argument) => _recording.ConstantOf(Inputs[argument].Tensor!);

    private object Same(int argument)
    {
        object value = Inputs[argument].Value!;
        return Array.TrueForAll(_runs, run => value.Equals(run.Inputs[argument].Value)) ? value : throw new GraftException(
            Failure.Export, $"The layer {Layer} runs {Name} with another setting for inputs of another size.", "Export with a fixed batch and image size.");
    }

    /// <summary>An axis, counted from the first.</summary>
    internal int Axis(int argument, int of = 0)
    {
        long axis = Integer(argument);
        return (int)(axis < 0 ? axis + ShapeOf(of).Length : axis);
    }
}
