using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Files;
using Graft.Models.YoloV10;
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

        Networks take the inputs image (B,3,H,W, RGB in 0..1) and text (1 or B, N, D).
        Modules are adapters (lora, rep_mona, bottleneck, ...) and the blocks of YOLOv10 (CIB, C2fCIB, PSA, SCDown, ...);
        their options are the constructor arguments (in_channels=64 rank=16; c1=64 c2=64 lk=true).
        """;

    protected override string[] Options => ["weights=", "input=*", "out=", "module=", "grad=", "train"];

    protected override int Run(Arguments arguments, Output output)
    {
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, Tensor> inputs = Inputs(arguments);
        string target = arguments.Required("out");
        IReadOnlyList<(string Name, Tensor Value)> results = arguments.Value("module") is { } module
            ? Module(module, arguments, inputs)
            : RawForward.Run(ConfigFinder.Load(arguments.Target("CONFIG"), arguments.Overrides).Value, arguments.Required("weights"), inputs);

        NpzWriter.Write(target, results.Select(result => WeightData.From(result.Name, result.Value)));
        output.Table(["output", "shape"], results.Select(result => new[] { result.Name, string.Join("×", result.Value.Shape) }));
        output.Result(new JsonObject
        {
            ["out"] = target,
            ["outputs"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
            {
                ["name"] = result.Name,
                ["shape"] = new JsonArray([.. result.Value.Shape.Select(length => (JsonNode)length)]),
            })]),
        });
        return 0;
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
        using Layer layer = YoloV10Block.Names.Contains(name)
            ? YoloV10Block.Create(name, settings.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]))
            : AdapterOptions.Parse(name, settings).Create((int)input.Size(1));
        RawForward.LoadModule(layer, arguments.Required("weights"));
        Tensor? gradient = arguments.Value("grad") is { } path ? Read(path) : null;
        IReadOnlyList<(string Name, Tensor Value)> results = RawForward.Run(layer, input, gradient, arguments.Has("train"));
        // Buffers die with the layer; results must outlive it.
        return [.. results.Select(result => (result.Name, result.Value.Clone()))];
    }

    private static Dictionary<string, Tensor> Inputs(Arguments arguments)
    {
        Dictionary<string, Tensor> inputs = [];
        foreach (string pair in arguments.Values("input"))
        {
            int equals = pair.IndexOf('=');
            if (equals < 1)
            {
                throw Arguments.Wrong($"--input {pair}: expected NAME=FILE.npy.");
            }

            inputs[pair[..equals]] = Read(pair[(equals + 1)..]);
        }

        return inputs;
    }

    private static Tensor Read(string path)
    {
        using WeightFile file = WeightFile.Open(path);
        return file.Single.ToTensor();
    }
}
