using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>Follows the channels of a feature map from the operator that produces it to every convolution that reads them, through operators that neither mix nor change
/// channels: concatenation, splitting, nearest-neighbour upsampling, copies.</summary>
internal sealed class ChannelFlow
{
    private readonly RecordedRun _run;
    private readonly Dictionary<Tensor, List<Segment>> _carried = new(ReferenceEqualityComparer.Instance);
    private readonly List<FlowReader> _readers = [];

    private ChannelFlow(RecordedRun run) => _run = run;

    /// <summary>All readers of a module's output.</summary>
    /// <param name="run">The recorded run.</param>
    /// <param name="call">The module's call in it.</param>
    /// <exception cref="MergeRefusedException">An operator other than a convolution reads it, or none does.</exception>
    internal static IReadOnlyList<FlowReader> ReadersOf(RecordedRun run, ModuleCall call)
    {
        ChannelFlow flow = new(run);
        flow.Carry(call.Output!, [new Segment(0, 0, call.Shape[1])]);
        for (int i = call.End; i < run.Operations.Count; i++)
        {
            flow.Pass(run.Operations[i]);
        }

        return flow._readers.Count > 0 ? flow._readers : throw new MergeRefusedException("No layer reads its output.");
    }

    private void Carry(Tensor map, IEnumerable<Segment> segments)
    {
        List<Segment> found = [.. segments.Where(segment => segment.Length > 0)];
        if (found.Count == 0)
        {
            return;
        }

        if (_run.IsOutput(map))
        {
            throw new MergeRefusedException("Its output is an output of the network.");
        }

        _carried[map] = found;
    }

    private void Pass(Operation operation)
    {
        Tensor[] read = [.. RecordedRun.Reads(operation).Where(_carried.ContainsKey)];
        if (read.Length == 0)
        {
            return;
        }

        List<Segment> segments = _carried[read[0]];
        switch (operation.Name)
        {
            case "aten::cat" when OnChannels(operation, 1):
                Join(operation);
                break;
            case "aten::chunk" or "aten::split_with_sizes" when OnChannels(operation, 2):
                Split(operation, segments);
                break;
            case "aten::narrow" when OnChannels(operation, 1):
                Carry(operation.Outputs[0], Window(segments, (long)operation.Inputs[2].Value!, (long)operation.Inputs[3].Value!));
                break;
            case "aten::upsample_nearest2d" or "aten::contiguous" or "aten::clone" or "aten::detach" or "aten::to":
                Carry(operation.Outputs[0], segments);
                break;
            case "aten::conv2d" when ReferenceEquals(operation.Inputs[0].Tensor, read[0]) && read.Length == 1:
                Read(operation, segments);
                break;
            default:
                throw new MergeRefusedException($"{What(operation)} reads its output, and a linear combination of channels does not commute with that.");
        }
    }

    private void Join(Operation operation)
    {
        List<Segment> joined = [];
        long at = 0;
        IReadOnlyList<Tensor?> parts = operation.Inputs[0].Tensors;
        for (int i = 0; i < parts.Count; i++)
        {
            if (_carried.TryGetValue(parts[i]!, out List<Segment>? inside))
            {
                joined.AddRange(inside.Select(segment => segment with { At = segment.At + at }));
            }

            at += operation.InputShapes[i][1];
        }

        Carry(operation.Outputs[0], joined);
    }

    private void Split(Operation operation, List<Segment> segments)
    {
        long at = 0;
        for (int i = 0; i < operation.Outputs.Length; i++)
        {
            long length = operation.OutputShapes[i][1];
            Carry(operation.Outputs[i], Window(segments, at, length));
            at += length;
        }
    }

    private void Read(Operation operation, List<Segment> segments)
    {
        (string path, Graft.Torch.Layers.Conv2d conv) = _run.ConvolutionOf(operation)
            ?? throw new MergeRefusedException($"{What(operation)} reads its output with weights that are computed during the forward pass.");
        if (_run.UsesOf(conv) != 1)
        {
            throw new MergeRefusedException($"{path} reads its output, and its weights are used elsewhere too.");
        }

        _readers.Add(new FlowReader(path, conv, segments));
    }

    private static IEnumerable<Segment> Window(List<Segment> segments, long start, long length)
        => segments.Select(segment => segment.Within(start, length));

    private static bool OnChannels(Operation operation, int argument) => operation.Inputs[argument].Value is 1L or -3L;

    private static string What(Operation operation)
        => operation.Module.Length == 0 ? operation.Name : $"{operation.Name} in {operation.Module}";
}
