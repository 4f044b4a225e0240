using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Graft.Export;
using Graft.Torch;

namespace Graft.Tests.Export;

/// <summary>Exported files in Debian's ONNX checker and in ONNX Runtime for Node.js. <c>./test</c> installs both; where one is missing, its check
/// is left out.</summary>
internal static class OtherRuntimes
{
    private static readonly string Modules = Path.Combine(Shared.Checkout, "artifacts", "node", "node_modules");

    /// <summary>Whether the checker is installed.</summary>
    internal static bool HasChecker { get; } = File.Exists("/usr/lib/python3/dist-packages/onnx/checker.py");

    /// <summary>Whether ONNX Runtime for Node.js is installed.</summary>
    internal static bool HasNode { get; } = Directory.Exists(Path.Combine(Modules, "onnxruntime-node"));

    /// <summary>Checks files with shape inference, and compares their outputs for the same noise in C# and in Node.js.</summary>
    internal static void Require(string path, params long[] shape)
    {
        if (HasChecker)
        {
            Run("/usr/bin/python3", ["-c", "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)", path]);
        }

        if (HasNode)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor images = Tensor.Full(shape, 0.5) + Tensor.RandN(shape) * 0.1;
            using OnnxRun session = new(File.ReadAllBytes(path));
            Tensor expected = session.Run(images, text: null)[0];
            string input = $"{path}.in", output = $"{path}.out";
            File.WriteAllBytes(input, MemoryMarshal.AsBytes<float>(images.ToSingles()));
            string dims = Run("node", [Path.Combine(Shared.Checkout, "tests", "Node", "run.js"), path, input, string.Join(',', shape), output]);
            Assert.Equal(string.Join(',', expected.Shape), dims.Trim());
            float[] found = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray();
            (bool passes, double difference) = new ExportTolerance().Compare(expected.ToSingles(), found);
            Assert.True(passes, string.Create(CultureInfo.InvariantCulture, $"Node.js differs by {difference}"));
        }
    }

    private static string Run(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GRAFT_NODE_MODULES"] = Modules;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {error.Result}");
        return text;
    }
}
