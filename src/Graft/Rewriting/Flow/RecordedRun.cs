using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>The recorded operators of one forward pass: which one produced a feature map, and which ones read it.</summary>
internal sealed class RecordedRun
{
    private readonly Dictionary<Tensor, (string Path, Conv2d Conv)> _convolutions = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _weights = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _outputs;
    private readonly IReadOnlyList<ModuleCall> _calls;

    private RecordedRun(Module network, OperationRecorder recorder, IReadOnlyList<Tensor> outputs)
    {
        (Operations, _calls) = (recorder.Operations, recorder.Calls);
        _outputs = new(outputs, ReferenceEqualityComparer.Instance);
        IEnumerable<(string Path, Module Module)> modules = network.Modules()
            .Concat(ModelCopy.Attached(network).SelectMany(found => found.Layer.Modules($"{found.Path}.follower")));
        foreach ((string path, Module module) in modules)
        {
            _weights.UnionWith(module.Own.Select(own => own.Value));
            if (module is Conv2d conv)
            {
                _convolutions.TryAdd(conv.Weight.Value, (path, conv));
            }
        }
    }

    /// <summary>The operators, in the order in which they ran.</summary>
    internal IReadOnlyList<Operation> Operations { get; }

    /// <summary>Runs a network and records its operators.</summary>
    /// <param name="network">The network.</param>
    /// <param name="run">Runs it once and returns its outputs. Tensors are identified by reference; their memory is freed as in any run.</param>
    internal static RecordedRun Of(Module network, Func<IReadOnlyList<Tensor>> run)
    {
        using OperationRecorder recorder = new();
        IReadOnlyList<Tensor> outputs = run();
        return new RecordedRun(network, recorder, outputs);
    }

    /// <summary>The only call of a layer; null when it did not run.</summary>
    /// <exception cref="MergeRefusedException">It ran several times, so its output is not one feature map.</exception>
    internal ModuleCall? CallOf(Module layer)
    {
        ModuleCall[] calls = [.. _calls.Where(call => ReferenceEquals(call.Module, layer))];
        return calls.Length < 2 ? calls.FirstOrDefault() : throw new MergeRefusedException($"It runs {calls.Length} times in one pass.");
    }

    /// <summary>The convolution whose own weights an operator used; null for any other operator.</summary>
    internal (string Path, Conv2d Conv)? ConvolutionOf(Operation operation)
        => operation.Name == "aten::conv2d" && operation.Inputs[1].Tensor is { } weight && _convolutions.TryGetValue(weight, out (string, Conv2d) found)
            ? found
            : null;

    /// <summary>How many operators used a convolution's weights.</summary>
    internal int UsesOf(Conv2d conv) => Operations.Count(operation => Reads(operation).Contains(conv.Weight.Value));

    /// <summary>Whether a feature map is an output of the network.</summary>
    internal bool IsOutput(Tensor map) => _outputs.Contains(map);

    /// <summary>The only feature map that the operators of a call read and did not produce; null when there are several.</summary>
    internal Tensor? InputOf(ModuleCall call)
    {
        HashSet<object> made = new(ReferenceEqualityComparer.Instance), read = new(ReferenceEqualityComparer.Instance);
        for (int i = call.Start; i < call.End; i++)
        {
            read.UnionWith(Reads(Operations[i]).Where(tensor => !made.Contains(tensor) && !_weights.Contains(tensor)));
            made.UnionWith(Operations[i].Outputs.Where(output => output is not null));
        }

        return read.Count == 1 ? (Tensor)read.Single() : null;
    }

    /// <summary>Every input tensor of an operator.</summary>
    internal static IEnumerable<Tensor> Reads(Operation operation)
        => operation.Inputs.SelectMany(input => input.Tensor is { } one ? [one] : input.Tensors.OfType<Tensor>());
}
