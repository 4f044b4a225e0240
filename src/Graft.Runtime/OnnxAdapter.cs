using Graft.Runtime.Inference;
using Graft.Runtime.Models;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Runtime;

/// <summary>An <c>.onnx_adapter</c> file: weights that turn a base model into the model of one product, swapped without loading anything else.</summary>
public sealed class OnnxAdapter : IDisposable
{
    private readonly OrtLoraAdapter _adapter;
    private readonly UseCount _uses;

    private OnnxAdapter(string name, OrtLoraAdapter adapter, AdapterFile file)
        => (Name, _adapter, File, _uses) = (name, adapter, file, new UseCount(adapter.Dispose));

    /// <summary>The path that it was loaded from.</summary>
    public string Name { get; }

    /// <summary>Names of the weights that it replaces.</summary>
    public IReadOnlyList<string> Parameters => File.Names;

    internal AdapterFile File { get; }

    /// <summary>Loads an adapter file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OnnxDetectorException">Of kind Model: missing, damaged or of another format.</exception>
    public static OnnxAdapter Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!System.IO.File.Exists(path))
        {
            throw new OnnxDetectorException(FailureKind.Model, $"{path} {(Directory.Exists(path) ? "is a folder" : "does not exist")}; an .onnx_adapter file is expected.", "graft export --adapters inputs writes one beside its base.");
        }

        byte[] bytes;
        try
        {
            bytes = System.IO.File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OnnxDetectorException(FailureKind.Model, $"{path}: cannot be read: {error.Message}", inner: error);
        }

        AdapterFile file = AdapterFile.Read(path, bytes);
        try
        {
            return new OnnxAdapter(path, OrtLoraAdapter.Create(bytes, null), file);
        }
        catch (OnnxRuntimeException error)
        {
            throw new OnnxDetectorException(FailureKind.Model, $"{path}: ONNX Runtime does not load it: {OrtMessage.Of(error, path)}.", "Export it again.", error);
        }
    }

    /// <summary>Frees the weights; calls that use them end first.</summary>
    public void Dispose() => _uses.Dispose();

    internal void Activate(RunOptions run) => run.AddActiveLoraAdapter(_adapter);

    internal void Enter()
    {
        if (!_uses.TryEnter())
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"The adapter {Name} is disposed.", "Dispose an adapter after the last call that uses it.");
        }
    }

    internal void Leave() => _uses.Leave();
}
