using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Parity;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft forward: raw tensors through a network or one adapter.</summary>
internal sealed class ForwardCommand : CliCommand
{
    private readonly TensorFiles _tensors = new();
    private readonly Argument<string?> _config = Configurations.OptionalArgument("the network (alternatively --module names an adapter or a block)");
    private readonly Option<string?> _module = Define.Text(
        "--module", "NAME", "an adapter (lora, rep_mona, bottleneck, ...) or a block of YOLOv10 (CIB, C2fCIB, PSA, SCDown, ...)");
    private readonly Option<string> _weights = Define.Required("--weights", "FILE", "weights of the network or the module");
    private readonly Option<string?> _grad = Define.Text("--grad", "FILE.npy", "gradient of the module's output; input and parameter gradients are then written too");
    private readonly Option<bool> _train = Define.Flag("--train", "the module in training mode");

    internal ForwardCommand()
        : base("forward", "run raw tensors through a network or module and write the named outputs")
        => Takes([_config, _module, _weights, _grad, _train, .. _tensors.All]);

    internal override string SettingsName => "key=value";

    internal override IReadOnlyList<string> Forms =>
    [
        "CONFIG [key=value ...] --weights FILE --input NAME=FILE.npy ... --out FILE.npz [--expect FILE.npz]",
        "--module NAME [option=value ...] --weights FILE --input x=FILE.npy [--grad FILE.npy] [--train] --out FILE.npz",
    ];

    internal override string Notes => """
        Networks take the inputs image (B,3,H,W, RGB in 0..1) and text (1 or B, N, D). Options of a module are the arguments of its
        constructor (in_channels=64 rank=16; c1=64 c2=64 lk=true).
        """;

    protected override int Run(Arguments arguments, Output output)
    {
        using TensorScope scope = TensorScope.Begin();
        string weights = arguments.Value(_weights)!;
        Dictionary<string, Tensor> inputs = _tensors.Inputs(arguments, weights);
        IReadOnlyList<(string Name, Tensor Value)> results = arguments.Value(_module) is { } module
            ? RawForward.Run(module, arguments.Overrides, weights, inputs, arguments.Value(_grad) is { } path ? NamedTensors.Read(path) : null, arguments.Value(_train))
            : RawForward.Run(ConfigFinder.Load(arguments.Required(_config), arguments.Overrides).Value, weights, inputs);
        return _tensors.Write(arguments, results, output);
    }
}
