using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>An ONNX file as the model of a command: options that change a network do not apply to it.</summary>
internal static class OnnxTarget
{
    /// <summary>Whether the model is an ONNX file.</summary>
    internal static bool Is(string model) => OnnxModel.IsOnnx(model);

    /// <summary>Refuses what only a run folder or a weight file takes.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="model">The ONNX file, for the message.</param>
    /// <param name="options">Options that do not apply.</param>
    /// <exception cref="GraftException">Of kind Usage: one of the options, or a setting, is given.</exception>
    internal static void Refuse(Arguments arguments, string model, IEnumerable<Option> options)
    {
        if (options.FirstOrDefault(arguments.Has) is { } given)
        {
            throw Arguments.Wrong(
                $"{given.Name} does not apply to an ONNX model: {model} has its classes and weights for good.",
                $"Give the run folder or weight file with {given.Name}, or export it so: graft export RUN|FILE --out {model}.");
        }

        if (arguments.Overrides is [{ } setting, ..])
        {
            throw Arguments.Wrong(
                $"{setting} does not apply to an ONNX model: {model} has no configuration.",
                "Leave it out, or give the run folder or weight file; graft COMMAND --help lists the options.");
        }
    }
}
