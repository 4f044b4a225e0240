using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Rewriting;

/// <summary>Numbers the values of recorded runs: equal numbers are the same operators on the same weights and the same inputs, in whatever network.</summary>
internal sealed class ValueNumbers
{
    /// <summary>Operators whose result shares no memory with their inputs; any other one may return a view.</summary>
    private static readonly HashSet<string> Fresh =
    [
        "aten::conv2d", "aten::linear", "aten::matmul", "aten::batch_norm", "aten::group_norm", "aten::layer_norm", "aten::cat", "aten::stack", "aten::clone",
        "aten::add", "aten::sub", "aten::rsub", "aten::mul", "aten::div", "aten::silu", "aten::sigmoid", "aten::relu", "aten::gelu", "aten::tanh",
        "aten::softmax", "aten::max_pool2d", "aten::upsample_nearest2d", "aten::mean", "aten::sum", "aten::max", "aten::amax",
    ];

    /// <summary>Operators whose result their arguments do not determine.</summary>
    private static readonly HashSet<string> Random = ["aten::rand", "aten::randn", "aten::uniform_", "aten::normal_", "aten::dropout", "aten::empty"];

    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<Tensor, int> _fixed = new(ReferenceEqualityComparer.Instance);
    private int _next;

    /// <summary>Gives a tensor that lives through all runs, such as a weight, the number of its memory.</summary>
    internal void Fix(Tensor tensor) => _fixed.TryAdd(tensor, Of($"memory {tensor.Address} {tensor} {string.Join(',', tensor.Strides)}"));

    /// <summary>Numbers of the outputs of the layers that ran once and whose outputs nothing overwrites: before and after their follower.</summary>
    internal IReadOnlyDictionary<Layer, (int? Own, int? Whole)> Of(OperationRecorder recorder) => new Pass(this).Run(recorder);

    private int Of(string key)
    {
        if (!_known.TryGetValue(key, out int number))
        {
            _known.Add(key, number = _next++);
        }

        return number;
    }

    /// <summary>A tensor that no operator made: the same number for the same contents.</summary>
    private int OfLeaf(Tensor tensor)
    {
        if (_fixed.TryGetValue(tensor, out int number))
        {
            return number;
        }

        if (tensor.IsDisposed)
        {
            return _next++;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        WeightData.From("", tensor).ForEachChunk(hash.AppendData);
        return Of($"{tensor} {string.Join(',', tensor.Strides)} {Convert.ToHexString(hash.GetHashAndReset())}");
    }

    /// <summary>The numbers of one recorded run.</summary>
    private sealed class Pass(ValueNumbers numbers)
    {
        private readonly Dictionary<Tensor, int> _present = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Tensor, List<Tensor>> _memory = new(ReferenceEqualityComparer.Instance);

        internal IReadOnlyDictionary<Layer, (int? Own, int? Whole)> Run(OperationRecorder recorder)
        {
            ModuleCall[] calls = [.. recorder.Calls.GroupBy(call => call.Module).Where(group => group.Key is Layer && group.Count() == 1).Select(group => group.Single())];
            ILookup<int, (ModuleCall Call, Tensor Value)> ends = calls.Select(call => (call.OwnEnd, (call, call.Own!)))
                .Concat(calls.Select(call => (call.End, (call, call.Output!)))).ToLookup(end => end.Item1, end => end.Item2);
            Dictionary<(ModuleCall, Tensor), int> then = [];
            for (int i = 0; i <= recorder.Operations.Count; i++)
            {
                foreach ((ModuleCall Call, Tensor Value) end in ends[i])
                {
                    then[end] = NumberOf(end.Value);
                }

                if (i < recorder.Operations.Count)
                {
                    Add(recorder.Operations[i]);
                }
            }

            Dictionary<Layer, (int? Own, int? Whole)> result = new(ReferenceEqualityComparer.Instance);
            foreach (ModuleCall call in calls)
            {
                result.Add((Layer)call.Module, (Unchanged(call, call.Own!), Unchanged(call, call.Output!)));
            }

            return result;

            int? Unchanged(ModuleCall call, Tensor value) => then[(call, value)] == NumberOf(value) ? NumberOf(value) : null;
        }

        private int NumberOf(Tensor tensor)
        {
            if (!_present.TryGetValue(tensor, out int number))
            {
                _present.Add(tensor, number = numbers.OfLeaf(tensor));
            }

            return number;
        }

        private void Add(Operation operation)
        {
            string key = Random.Contains(operation.Name) ? $"random {numbers._next++}" : Key(operation);
            Tensor[] inputs = [.. RecordedRun.Reads(operation)];
            for (int i = 0; i < operation.Outputs.Length; i++)
            {
                if (operation.Outputs[i] is not { } output)
                {
                    continue;
                }

                if (inputs.Contains(output, ReferenceEqualityComparer.Instance))
                {
                    foreach (Tensor changed in _memory.GetValueOrDefault(output) ?? [output])
                    {
                        _present[changed] = numbers.Of($"{NumberOf(changed)} within {key}");
                    }

                    continue;
                }

                _present[output] = numbers.Of($"{key}[{i}]");
                if (!Fresh.Contains(operation.Name))
                {
                    Join(output, inputs);
                }
            }
        }

        /// <summary>The tensors may share memory: a write to one of them changes all.</summary>
        private void Join(Tensor output, Tensor[] inputs)
        {
            List<Tensor> all = [output];
            foreach (Tensor input in inputs)
            {
                all.AddRange((_memory.GetValueOrDefault(input) ?? [input]).Except(all, ReferenceEqualityComparer.Instance).Cast<Tensor>());
            }

            foreach (Tensor one in all)
            {
                _memory[one] = all;
            }
        }

        private string Key(Operation operation)
        {
            StringBuilder key = new(operation.Name);
            foreach (Argument argument in operation.Inputs)
            {
                key.Append(CultureInfo.InvariantCulture, $" {Text(argument)}");
            }

            return key.ToString();
        }

        private string Text(Argument argument) => argument.Value switch
        {
            null => "-",
            Tensor tensor => $"t{NumberOf(tensor)}",
            IReadOnlyList<Tensor?> tensors => $"({string.Join(' ', tensors.Select(tensor => tensor is null ? "-" : $"t{NumberOf(tensor)}"))})",
            long[] numbers => $"[{string.Join(' ', numbers)}]",
            double[] numbers => $"[{string.Join(' ', numbers.Select(number => $"{BitConverter.DoubleToInt64Bits(number)}"))}]",
            double number => $"d{BitConverter.DoubleToInt64Bits(number)}",
            object other => $"{other.GetType().Name} {other}",
        };
    }
}
