using Graft.Detectors;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Export;

/// <summary>The operators of a network's prediction that depend on its inputs, recorded with inputs of one or several sizes. With several
/// sizes, integers that differ show what depends on the size.</summary>
internal sealed class NetworkRecording : IDisposable
{
    private readonly List<OperationRecorder> _recorders = [];
    private readonly Dictionary<Tensor, string> _parameters = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, Size[]> _shapes = new(ReferenceEqualityComparer.Instance);

    private NetworkRecording(Subject subject, IReadOnlyList<InputSize> sizes) => (Subject, Sizes) = (subject, sizes);

    /// <summary>The network with its vocabulary.</summary>
    internal Subject Subject { get; }

    /// <summary>Input sizes of the recordings.</summary>
    internal IReadOnlyList<InputSize> Sizes { get; }

    /// <summary>The operators, in the order in which they ran.</summary>
    internal IReadOnlyList<OperatorCall> Calls { get; private set; } = [];

    /// <summary>The images.</summary>
    internal Tensor Images { get; private set; } = null!;

    /// <summary>The text, where it is an input.</summary>
    internal Tensor? Text { get; private set; }

    /// <summary>Raw outputs; their tensors identify values and are freed.</summary>
    internal RawDetections Outputs { get; private set; }

    /// <summary>Records a network in evaluation mode.</summary>
    /// <param name="subject">The network with its vocabulary.</param>
    /// <param name="sizes">One size for a graph of that size; else several that differ in what is dynamic.</param>
    /// <param name="textInput">Whether the text is an input instead of a constant; the number of prompts then grows by one per
    /// recording.</param>
    /// <exception cref="GraftException">Of kind Export: other operators run at other sizes.</exception>
    internal static NetworkRecording Of(Subject subject, IReadOnlyList<InputSize> sizes, bool textInput = false)
    {
        using NoGrad off = NoGrad.Begin();
        NetworkRecording recording = new(subject, sizes);
        try
        {
            recording.NameParameters();
            RawDetections[] outputs = [.. sizes.Select((size, i) => recording.Record(size, textInput ? i : null))];
            recording.Align();
            recording.Outputs = outputs[0];
            return recording;
        }
        catch
        {
            recording.Dispose();
            throw;
        }
    }

    /// <summary>A tensor that operators read and that does not depend on the inputs; null for one that does.</summary>
    internal Tensor? ConstantOf(Tensor tensor) => _recorders[0].Constants.GetValueOrDefault(tensor);

    /// <summary>Name of a parameter; null for any other tensor.</summary>
    internal string? ParameterOf(Tensor tensor) => _parameters.GetValueOrDefault(tensor);

    /// <summary>Lengths of a tensor's axes.</summary>
    internal Size[] ShapeOf(Tensor tensor) => _shapes.TryGetValue(tensor, out Size[]? shape) ? shape
        : [.. ConstantOf(tensor)!.Shape.Select(length => new Size([.. Sizes.Select(_ => length)]))];

    /// <summary>Frees the constants.</summary>
    public void Dispose() => _recorders.ForEach(recorder => recorder.Dispose());

    private void NameParameters()
    {
        IEnumerable<(string Name, Parameter Parameter)> attached = ModelCopy.Attached(Subject.Network)
            .SelectMany(found => found.Layer.State().Select(entry => ($"{found.Path}.{entry.Name}", entry.Parameter)));
        foreach ((string name, Parameter parameter) in Subject.Network.State().Concat(attached))
        {
            _parameters.TryAdd(parameter.Value, name);
        }
    }

    private RawDetections Record(InputSize size, int? extraPrompts)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor images = Tensor.Full([size.Batch, 3, size.Height, size.Width], 0.5).To(MemoryFormat.ChannelsLast);
        Tensor? text = TextOf(extraPrompts ?? 0);
        OperationRecorder recorder = new(extraPrompts is null ? [images] : [images, text!]);
        _recorders.Add(recorder);
        try
        {
            RawDetections raw = Subject.Network.Predict(images, text);
            if (_recorders.Count == 1)
            {
                (Images, Text) = (images, extraPrompts is null ? null : text);
            }

            return raw;
        }
        finally
        {
            recorder.Stop();
        }
    }

    /// <summary>The text input: the vocabulary, and some of its rows again.</summary>
    private Tensor? TextOf(int extra)
    {
        if (extra == 0 || Subject.Network.TextWidth is not { } width || Subject.Vocabulary?.Embeddings is not { } rows)
        {
            return Subject.Text(DType.Float);
        }

        float[] values = [.. Enumerable.Range(0, rows.Length + (extra * width)).Select(i => rows[i % rows.Length])];
        return Tensor.From(values, 1, values.Length / width, width);
    }

    /// <summary>Pairs the operators of all recordings.</summary>
    private void Align()
    {
        Operation[][] runs = [.. _recorders.Select(recorder => recorder.Operations
            .Where(operation => operation.Outputs.Any(output => output is not null && recorder.DependsOnInputs(output))).ToArray())];
        for (int at = 0; at < runs.Max(run => run.Length); at++)
        {
            if (runs.Any(run => run.Length != runs[0].Length || run[at].Name != runs[0][at].Name || run[at].Module != runs[0][at].Module))
            {
                throw new GraftException(
                    Failure.Export, $"The layer {runs[0][Math.Min(at, runs[0].Length - 1)].Module} runs other operators for inputs of another size.",
                    "Export with a fixed batch and image size.");
            }
        }

        _shapes[Images] = [Of(size => size.Batch), Of(_ => 3), Of(size => size.Height), Of(size => size.Width)];
        if (Text is not null)
        {
            int width = Subject.Network.TextWidth!.Value, prompts = Subject.Vocabulary!.Names.Count;
            _shapes[Text] = [Of(_ => 1), new Size([.. Sizes.Select((_, i) => (long)prompts + i)]), Of(_ => width)];
        }

        Calls = [.. runs[0].Select((_, at) => Pair([.. runs.Select(run => run[at])]))];

        Size Of(Func<InputSize, long> length) => new([.. Sizes.Select(length)]);
    }

    private OperatorCall Pair(Operation[] runs)
    {
        for (int i = 0; i < runs[0].Outputs.Length; i++)
        {
            if (runs[0].Outputs[i] is { } output)
            {
                _shapes[output] = [.. runs[0].OutputShapes[i].Select((_, axis) => new Size([.. runs.Select(run => run.OutputShapes[i][axis])]))];
            }
        }

        return new OperatorCall(this, runs);
    }
}
