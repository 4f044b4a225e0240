using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Runtime.Models;

/// <summary>A session of ONNX Runtime with what its file says.</summary>
internal sealed class OpenModel : IDisposable
{
    private OpenModel(string file, InferenceSession session, ModelContract contract)
        => (File, Session, Contract, AdapterInputs) = (file, session, contract, session.OverridableInitializerMetadata.Keys.ToHashSet());

    /// <summary>Name for messages.</summary>
    public string File { get; }

    public InferenceSession Session { get; }

    public ModelContract Contract { get; }

    /// <summary>Names of the weights that an adapter may replace.</summary>
    public IReadOnlySet<string> AdapterInputs { get; }

    /// <summary>Opens a file.</summary>
    public static OpenModel Load(string path, OnnxDetectorOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!System.IO.File.Exists(path))
        {
            (string problem, string hint) = Directory.Exists(path) ? ("is a folder", "Name a file in it.") : ("does not exist", "Check the path.");
            throw new OnnxDetectorException(FailureKind.Model, $"{path} {problem}; an ONNX file is expected.", hint);
        }

        return Open(path, new FileInfo(path).Length, options, session => new InferenceSession(path, session));
    }

    /// <summary>Opens a model in memory.</summary>
    public static OpenModel Load(byte[] model, OnnxDetectorOptions options)
        => Open("The model in memory", model.Length, options, session => new InferenceSession(model, session));

    public void Dispose() => Session.Dispose();

    private static OpenModel Open(string file, long size, OnnxDetectorOptions options, Func<SessionOptions, InferenceSession> create)
    {
        if (size == 0)
        {
            throw new OnnxDetectorException(FailureKind.Model, $"{file} is empty; an ONNX file is expected.", "Export or copy it again.");
        }

        using SessionOptions settings = Settings(options);
        InferenceSession session;
        try
        {
            session = create(settings);
        }
        catch (OnnxRuntimeException error)
        {
            throw Explain(file, size, error);
        }

        try
        {
            Dictionary<string, string> values = session.ModelMetadata.CustomMetadataMap;
            MetadataReader metadata = new(file, values);
            metadata.CheckFormat();
            if (metadata.Text("task") is string task && task != "detect")
            {
                throw new OnnxDetectorException(
                    FailureKind.Model, $"{file}: its metadata says task '{task}'; 'detect' is expected.", "Export a model that was trained for detection.");
            }

            string? text = metadata.Json("text", System.Text.Json.JsonValueKind.Object) is System.Text.Json.JsonElement found
                ? metadata.String(found, "text", "input") ?? throw metadata.Wrong("text", "has no \"input\"; the name of the input of embeddings is expected")
                : null;
            GraphShape graph = GraphShape.Read(file, session, text);
            return new OpenModel(file, session, ModelContract.Read(file, graph, metadata, values, options));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static SessionOptions Settings(OnnxDetectorOptions options)
    {
        SessionOptions settings = new();
        try
        {
            // Warnings of a model's author are of no use to the application, whose standard error ONNX Runtime would write them to.
            settings.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            settings.IntraOpNumThreads = options.Threads;
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            options.ConfigureSession?.Invoke(settings);
            return settings;
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            settings.Dispose();
            throw new OnnxDetectorException(
                FailureKind.Usage, $"{nameof(OnnxDetectorOptions.ConfigureSession)} fails: {error.Message}",
                $"Reference the package of ONNX Runtime that has this execution provider; available here: {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}.", error);
        }
        catch
        {
            settings.Dispose();
            throw;
        }
    }

    private static OnnxDetectorException Explain(string file, long size, OnnxRuntimeException error)
    {
        string text = OrtMessage.Of(error, file);
        if (OrtMessage.Version(text) is (string kind, string found, string newest))
        {
            return new OnnxDetectorException(
                FailureKind.Model, $"{file} is newer than this ONNX Runtime ({OrtEnv.Instance().GetVersionString()}) knows: its {kind} is {found}, {newest} is the newest.",
                "Update Microsoft.ML.OnnxRuntime or export the model with opset 17.", error);
        }

        if (Has("Protobuf parsing failed") || Has("InvalidProtobuf") || Has("INVALID_PROTOBUF") || Has("ModelProto does not have a graph"))
        {
            return new OnnxDetectorException(
                FailureKind.Model,
                string.Create(CultureInfo.InvariantCulture, $"{file} is not a complete ONNX file ({size:N0} bytes): it is cut off, damaged or of another format."),
                "Export or copy it again.", error);
        }

        return new OnnxDetectorException(
            FailureKind.Model, $"{file}: ONNX Runtime does not load it: {text}.",
            Has("No Op registered") || Has("is not a registered function/op")
                ? $"Export it without operators of other tools, or register their library in {nameof(OnnxDetectorOptions.ConfigureSession)}." : "Export it again.", error);

        bool Has(string part) => error.Message.Contains(part, StringComparison.OrdinalIgnoreCase);
    }
}
