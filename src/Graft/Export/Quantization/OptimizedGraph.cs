using Graft.Files;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Graft.Export;

/// <summary>What ONNX Runtime makes of a model: the operators of the graph that it runs.</summary>
public static class OptimizedGraph
{
    private const string QLinear = "QLinear";

    /// <summary>Counts the operators after all optimizations, such as 63 times <c>QLinearConv</c>.</summary>
    /// <param name="path">The model.</param>
    /// <exception cref="GraftException">ONNX Runtime does not load the model.</exception>
    public static IReadOnlyDictionary<string, int> Count(string path)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("graft-optimized-");
        try
        {
            string optimized = Path.Combine(folder.FullName, "optimized.onnx");
            using SessionOptions options = OnnxSessions.Options(1);
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
            options.OptimizedModelFilePath = optimized;
            using (new InferenceSession(path, options))
            {
                using FileStream stream = File.OpenRead(optimized);
                return new SortedDictionary<string, int>(ModelProto.Parser.ParseFrom(stream).Graph.Node
                    .GroupBy(node => node.OpType).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal);
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new GraftException(Failure.Export, $"ONNX Runtime does not load {Printable.Name(path, 400)}: {error.Message}", null, error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The number of operators that compute with integers.</summary>
    /// <param name="operators">Counts of <see cref="Count"/>.</param>
    public static int Integer(IReadOnlyDictionary<string, int> operators)
        => operators.Where(entry => entry.Key.StartsWith(QLinear, StringComparison.Ordinal)).Sum(entry => entry.Value);
}
