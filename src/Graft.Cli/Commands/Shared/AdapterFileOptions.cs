using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary><c>--adapter FILE --strength S</c>: an adapter file on the base that a command opened.</summary>
internal sealed class AdapterFileOptions
{
    private readonly Option<string?> _file = Define.Text("--adapter", "FILE", "an adapter file, used on the model; with an ONNX model an .onnx_adapter file");
    private readonly Option<double> _strength = Define.Number(
        "--strength", "S", "share of the adapter's change", new NumberRange(0, 1), 1);

    internal IEnumerable<Option> All => [_file, _strength];

    /// <summary>What an ONNX model does not take.</summary>
    internal IEnumerable<Option> ForNetworks => [_strength];

    /// <summary>Uses the adapter, if any, on an ONNX model.</summary>
    internal void Apply(OnnxModel model, Arguments arguments)
    {
        if (arguments.Value(_file) is { } path)
        {
            model.Use(path);
        }
    }

    internal void Apply(TrainedModel model, Arguments arguments, bool keepPrompts)
    {
        if (arguments.Value(_file) is { } path)
        {
            model.Load(path, path);
            model.Use(path, arguments.Value(_strength), keepPrompts);
        }
        else if (arguments.Has(_strength))
        {
            throw Arguments.Wrong("--strength needs --adapter.");
        }
    }
}
