using Graft.Files;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Export;

/// <summary>Sessions of ONNX Runtime for verification, calibration and measurements.</summary>
internal static class OnnxSessions
{
    /// <summary>Options that log nothing that an exception tells and let waiting threads sleep, so that other processes are not slowed down.</summary>
    /// <param name="threads">Threads of one operator; 0: as many as cores.</param>
    internal static SessionOptions Options(int threads)
    {
        SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, IntraOpNumThreads = threads };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    internal static InferenceSession Open(byte[] model, string name, int threads)
    {
        using SessionOptions options = Options(threads);
        try
        {
            return new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw Refused(name, error);
        }
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads of one operator; 0: as many as cores.</param>
    /// <param name="configure">Changes the options; null: nothing.</param>
    internal static InferenceSession Open(string path, int threads, Action<SessionOptions>? configure = null)
    {
        using SessionOptions options = Options(threads);
        configure?.Invoke(options);
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw Refused(path, error);
        }
    }

    /// <summary>Runs a session and passes each output on; the values are valid during the call only.</summary>
    internal static void Run(
        InferenceSession session, IReadOnlyList<CalibrationTensor> inputs, IReadOnlyList<string> outputs, Action<int, OrtValue> use)
    {
        List<OrtValue> values = [];
        try
        {
            foreach (CalibrationTensor input in inputs)
            {
                values.Add(Value(input));
            }

            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [.. inputs.Select(input => input.Name)], values, outputs);
            for (int i = 0; i < results.Count; i++)
            {
                use(i, results[i]);
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new GraftException(Failure.Data, $"ONNX Runtime does not accept the input {Printable.Quoted(inputs.Count > 0 ? inputs[0].Name : "")}: "
                + error.Message, "Name every input of the model, with the sizes that it expects.", error);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    private static OrtValue Value(CalibrationTensor input)
    {
        long count = input.Shape.Aggregate(1L, (product, size) => product * size);
        return count == input.Values.Length ? OrtValue.CreateTensorValueFromMemory(input.Values, [.. input.Shape])
            : throw new GraftException(Failure.Data, $"The input {Printable.Quoted(input.Name)} has {input.Values.Length} values; its shape "
                + $"{Printable.Shape([.. input.Shape])} needs {count}.", "Pass dense values.");
    }

    private static GraftException Refused(string name, Exception error)
        => new(Failure.Export, $"ONNX Runtime does not load {Printable.Name(name, 400)}: {error.Message}", null, error);
}
