using Graft.Torch;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Graft.Export;

/// <summary>An ONNX model in ONNX Runtime.</summary>
internal sealed class OnnxRun : IDisposable
{
    private readonly RunOptions _options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly InferenceSession _session;
    private readonly OrtLoraAdapter? _adapter;

    /// <summary>Loads a model.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="adapter">Bytes of an adapter file that all runs use; null: none.</param>
    /// <exception cref="GraftException">Of kind Export: ONNX Runtime refuses it.</exception>
    internal OnnxRun(byte[] model, byte[]? adapter = null)
    {
        try
        {
            _session = OnnxSessions.Open(model, "the exported model", threads: 0);
            if (adapter is not null)
            {
                _adapter = OrtLoraAdapter.Create(adapter, null);
                _options.AddActiveLoraAdapter(_adapter);
            }
        }
        catch (OnnxRuntimeException error)
        {
            Dispose();
            throw new GraftException(Failure.Export, $"ONNX Runtime does not load the adapter file: {error.Message}", "Report the model.", error);
        }
        catch (GraftException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs an exported model; the caller's scope owns the results.</summary>
    /// <param name="images">B×3×H×W.</param>
    /// <param name="text">1×N×D, for a model with that input.</param>
    /// <returns>Float32 outputs in the order of the graph.</returns>
    internal Tensor[] Run(Tensor images, Tensor? text) => Run(new Dictionary<string, Tensor?> { ["images"] = images, ["text"] = text });

    /// <summary>Runs a model; the caller's scope owns the results.</summary>
    /// <param name="inputs">Values by name, those of all inputs and possibly of others.</param>
    /// <returns>Float32 outputs in the order of the graph.</returns>
    internal Tensor[] Run(IReadOnlyDictionary<string, Tensor?> inputs)
    {
        OrtValue[] values = [.. _session.InputNames.Select(name => OrtValue.CreateTensorValueFromMemory(inputs[name]!.ToSingles(), inputs[name]!.Shape))];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_options, [.. _session.InputNames], values, [.. _session.OutputNames]);
            return [.. outputs.Select(output => Tensor.From(output.GetTensorDataAsSpan<float>(), output.GetTensorTypeAndShape().Shape))];
        }
        catch (OnnxRuntimeException error)
        {
            throw new GraftException(Failure.Export, $"ONNX Runtime does not run the exported model: {error.Message}", "Report the model.", error);
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    /// <summary>Runs a graph that returns one of its inner values.</summary>
    internal static Tensor Inner(ModelProto model, string value, Tensor images, Tensor? text)
    {
        ModelProto part = model.Clone();
        NodeProto cast = new() { OpType = "Cast", Name = "inner" };      // some inner values are Booleans
        cast.Input.Add(value);
        cast.Output.Add("inner");
        cast.Attribute.Add(GraphBuilder.AttributeOf("to", (int)TensorProto.Types.DataType.Float));
        part.Graph.Node.Add(cast);
        part.Graph.Output.Clear();
        part.Graph.Output.Add(GraphBuilder.ValueOf("inner"));
        part.Graph.Output[0].Type.TensorType.Shape = null;
        DeadNodes.Remove(part.Graph);
        using OnnxRun run = new(Google.Protobuf.MessageExtensions.ToByteArray(part));
        return run.Run(images, text)[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session?.Dispose();
        _options.Dispose();
        _adapter?.Dispose();
    }
}
