using Graft.Runtime.Models;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Runtime.Inference;

/// <summary>Tensors of one input shape over memory that is reused, bound once, so that a run allocates nothing.</summary>
internal sealed class BoundShape : IDisposable
{
    private readonly List<OrtValue> _owned = [];
    private readonly string[] _inputNames, _outputNames;
    private readonly OrtValue[] _inputs;
    private OrtValue[]? _outputs;
    private OrtIoBinding? _binding;

    /// <summary>Makes the input tensors.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">B×3×H×W, at its start.</param>
    /// <param name="shape">B, 3, H, W.</param>
    /// <param name="vocabulary">Embeddings, for models that take them.</param>
    public BoundShape(OpenModel model, float[] input, long[] shape, Vocabulary vocabulary)
    {
        GraphShape graph = model.Contract.Graph;
        Shape = shape;
        _outputNames = [graph.Output];
        OrtValue image = Tensor(input, shape);
        if (graph.Text is null)
        {
            (_inputNames, _inputs) = ([graph.Image], [image]);
            return;
        }

        long width = model.Contract.Description.TextWidth;
        OrtValue text = Tensor(vocabulary.Embeddings, [1, vocabulary.Names.Length, width]);
        (_inputNames, _inputs) = ([graph.Image, graph.Text], [image, text]);
    }

    /// <summary>B, 3, H, W.</summary>
    public long[] Shape { get; }

    /// <summary>Shape of the output; null until <see cref="Measure"/> has run.</summary>
    public long[]? OutputShape { get; private set; }

    /// <summary>Runs without a place for the output, whose shape is known afterwards.</summary>
    /// <returns>The output; the caller disposes it.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Measure(InferenceSession session, RunOptions run)
    {
        IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, _inputNames, _inputs, _outputNames);
        OutputShape = results[0].GetTensorTypeAndShape().Shape;
        return results;
    }

    /// <summary>Gives the output its place.</summary>
    /// <param name="session">The session.</param>
    /// <param name="output">At least as many numbers as the output has.</param>
    public void Bind(InferenceSession session, float[] output)
    {
        _outputs = [Tensor(output, OutputShape!)];
        _binding = session.CreateIoBinding();
        for (int i = 0; i < _inputs.Length; i++)
        {
            _binding.BindInput(_inputNames[i], _inputs[i]);
        }

        _binding.BindOutput(_outputNames[0], _outputs[0]);
    }

    /// <summary>Whether <see cref="Run"/> can be called.</summary>
    public bool IsBound => _binding is not null;

    /// <summary>Runs into the place of the output.</summary>
    /// <param name="session">The session.</param>
    /// <param name="run">Options of the run.</param>
    /// <param name="hasAdapter">Whether they hold an adapter; ONNX Runtime ignores adapters when it runs a binding.</param>
    public void Run(InferenceSession session, RunOptions run, bool hasAdapter)
    {
        if (hasAdapter)
        {
            session.Run(run, _inputNames, _inputs, _outputNames, _outputs!);
        }
        else
        {
            session.RunWithBinding(run, _binding!);
        }
    }

    public void Dispose()
    {
        _binding?.Dispose();
        _owned.ForEach(value => value.Dispose());
    }

    private OrtValue Tensor(float[] memory, long[] shape)
    {
        long length = 1;
        foreach (long size in shape)
        {
            length *= size;
        }

        OrtValue value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory.AsMemory(0, checked((int)length)), shape);
        _owned.Add(value);
        return value;
    }
}
