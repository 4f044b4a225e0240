using System.Text.Json;
using Graft.Export;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Benchmarks;

/// <summary>A session of ONNX Runtime that writes the time of each operator, in a folder of its own that is deleted.</summary>
internal sealed class OnnxProfile : IDisposable
{
    private const string KernelEnd = "_kernel_time";
    private const double MicrosecondsPerMillisecond = 1000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graft-profile-");
    private readonly InferenceSession _session;

    /// <summary>Opens a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads of one operator.</param>
    /// <param name="optimized">Whether ONNX Runtime may rewrite the graph; otherwise the operators are those of the file.</param>
    /// <exception cref="GraftException">Of kind Export: ONNX Runtime does not load it.</exception>
    internal OnnxProfile(string path, int threads, bool optimized = true)
    {
        try
        {
            _session = OnnxSessions.Open(path, threads, options =>
            {
                // The prefix is read when profiling is switched on.
                options.ProfileOutputPathPrefix = Path.Combine(_folder.FullName, "profile");
                options.EnableProfiling = true;
                options.GraphOptimizationLevel = optimized ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL;
            });
        }
        catch
        {
            _folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Runs the model once.</summary>
    internal void Run(IReadOnlyList<CalibrationTensor> inputs) => OnnxSessions.Run(_session, inputs, [.. _session.OutputMetadata.Keys], (_, _) => { });

    /// <summary>Ends profiling and reads the calls of all runs, in their order.</summary>
    internal IReadOnlyList<OnnxCall> End()
    {
        using FileStream stream = File.OpenRead(_session.EndProfiling());
        using JsonDocument events = JsonDocument.Parse(stream);
        return [.. events.RootElement.EnumerateArray().Select(CallOf).OfType<OnnxCall>()];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>The call that an event describes; null for events of the session.</summary>
    private static OnnxCall? CallOf(JsonElement entry)
    {
        if (entry.GetProperty("cat").GetString() != "Node" || entry.GetProperty("name").GetString() is not { } name || !name.EndsWith(KernelEnd, StringComparison.Ordinal))
        {
            return null;
        }

        JsonElement details = entry.GetProperty("args");
        return new OnnxCall(
            name[..^KernelEnd.Length], details.GetProperty("op_name").GetString()!, entry.GetProperty("dur").GetDouble() / MicrosecondsPerMillisecond,
            Shapes(details, "input_type_shape"), Shapes(details, "output_type_shape"));
    }

    private static long[][] Shapes(JsonElement details, string property)
        => !details.TryGetProperty(property, out JsonElement list) ? []
            : [.. list.EnumerateArray().Select(one => one.EnumerateObject().First().Value.EnumerateArray().Select(size => size.GetInt64()).ToArray())];
}

/// <summary>A call of an operator in ONNX Runtime.</summary>
/// <param name="Node">Name of its node.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Milliseconds">Its time.</param>
/// <param name="Inputs">Shapes of its inputs, constants included.</param>
/// <param name="Outputs">Shapes of its outputs.</param>
internal sealed record OnnxCall(string Node, string Operator, double Milliseconds, long[][] Inputs, long[][] Outputs)
{
    /// <summary>Multiply-accumulates of convolutions and matrix products of a graph that was not optimized; zero for everything else.</summary>
    internal long MultiplyAccumulates => Operator switch
    {
        "Conv" => Product(Outputs[0]) * Product(Inputs[1].Skip(1)),
        "MatMul" or "Gemm" => Product(Outputs[0]) * Inputs[0][^1],
        _ => 0,
    };

    private static long Product(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
