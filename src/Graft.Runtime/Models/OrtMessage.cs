using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Runtime.Models;

/// <summary>What ONNX Runtime says, without the error code, the repeated path and the places in its sources.</summary>
internal static partial class OrtMessage
{
    /// <summary>The readable part of an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="file">The file that it is about, whose path is left out.</param>
    public static string Of(OnnxRuntimeException error, string file)
    {
        string text = Code().Replace(error.Message, "").Replace($"Load model from {file} failed:", "", StringComparison.Ordinal);
        return Source().Replace(text, "").Trim().TrimEnd('.');
    }

    /// <summary>The version that a file has and the newest that ONNX Runtime reads; null where the message is about something else.</summary>
    public static (string Kind, string Found, string Newest)? Version(string message)
        => Ir().Match(message) is { Success: true } ir ? ("IR version", ir.Groups[1].Value, ir.Groups[2].Value)
            : Opset().Match(message) is { Success: true } opset ? ("opset", opset.Groups[1].Value, opset.Groups[2].Value)
            : null;

    [GeneratedRegex(@"^\[ErrorCode:\w+\]\s*")]
    private static partial Regex Code();

    [GeneratedRegex(@"\S*onnxruntime_src\S*:\d+ .*?\) (?=[A-Z])")]
    private static partial Regex Source();

    [GeneratedRegex(@"Unsupported model IR version: (\d+), max supported IR version: (\d+)")]
    private static partial Regex Ir();

    [GeneratedRegex(@"Opset (\d+) is under development.*till opset (\d+)", RegexOptions.Singleline)]
    private static partial Regex Opset();
}
