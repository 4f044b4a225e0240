using Graft.Adapters;
using Graft.Models;
using Graft.Parity;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Cli.Commands;

/// <summary>graft forward: raw tensors through a network or one adapter.</summary>
internal sealed class ForwardCommand : Command
{
    internal override string Name => "forward";

    internal override string Summary => "raw tensors in, every named tensor out";

    internal override string Usage => """
        graft forward CONFIG --weights FILE --input NAME=FILE.npy ... --out FILE.npz
        graft forward --module NAME [option=value ...] --weights FILE --input x=FILE.npy [--grad FILE.npy] [--train] --out FILE.npz

        --expect FILE.npz   compare with the tensors of the same names there [--tolerance 1e-4]; exit code 1 when they differ
        FILE.npy may also be an npz that has a tensor of the input's name.

        Networks take the inputs image (B,3,H,W, RGB in 0..1) and text (1 or B, N, D).
        Modules are adapters (lora, rep_mona, bottleneck, ...) and the blocks of YOLOv10 (CIB, C2fCIB, PSA, SCDown, ...);
        their options are the constructor arguments (in_channels=64 rank=16; c1=64 c2=64 lk=true).
        """;

    protected override string[] Options => ["weights=", "input=*", "out=", "module=", "grad=", "train", "expect=", "tolerance="];

    protected override int Run(Arguments arguments, Output output)
    {
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, Tensor> inputs = TensorFiles.Inputs(arguments);
        IReadOnlyList<(string Name, Tensor Value)> results = arguments.Value("module") is { } module
            ? Module(module, arguments, inputs)
            : RawForward.Run(ConfigFinder.Load(arguments.Target("CONFIG"), arguments.Overrides).Value, arguments.Required("weights"), inputs);

        return TensorFiles.Write(arguments, results, output);
    }

    private static IReadOnlyList<(string Name, Tensor Value)> Module(string name, Arguments arguments, Dictionary<string, Tensor> inputs)
    {
        Tensor input = inputs.GetValueOrDefault("x") ?? throw Arguments.Wrong("The input 'x' is missing.", "Add --input x=FILE.npy.");
        string? channels = arguments.Overrides.FirstOrDefault(pair => pair.StartsWith("in_channels=", StringComparison.Ordinal))?.Split('=')[1];
        if (channels is not null && channels != input.Size(1).ToString())
        {
            throw Arguments.Wrong($"in_channels is {channels}, but the input has {input.Size(1)} channels.", "Both must be equal.");
        }

        string[] settings = [.. arguments.Overrides.Where(pair => !pair.StartsWith("in_channels=", StringComparison.Ordinal))];
        using Layer layer = ModelFamilies.Blocks.Contains(name)
            ? ModelFamilies.CreateBlock(name, settings.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]))
            : AdapterOptions.Parse(name, settings).Create((int)input.Size(1));
        RawForward.LoadModule(layer, arguments.Required("weights"));
        Tensor? gradient = arguments.Value("grad") is { } path ? TensorFiles.Read(path) : null;
        IReadOnlyList<(string Name, Tensor Value)> results = RawForward.Run(layer, input, gradient, arguments.Has("train"));
        // Buffers die with the layer; results must outlive it.
        return [.. results.Select(result => (result.Name, result.Value.Clone()))];
    }
}
