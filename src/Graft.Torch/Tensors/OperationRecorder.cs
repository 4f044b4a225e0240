using System.Diagnostics;

namespace Graft.Torch;

/// <summary>One operator call.</summary>
/// <param name="Name">Schema name.</param>
/// <param name="Module">Dotted path of the module it ran in.</param>
/// <param name="Inputs">Arguments, in schema order; identity of tensors is that of the objects.</param>
/// <param name="Outputs">Its results, or its first argument when it works in place; a layer frees those that it does not return.</param>
/// <param name="InputShapes">Shapes of the tensor arguments, in order, lists flattened.</param>
/// <param name="OutputShapes">Shapes of the results.</param>
/// <param name="Milliseconds">How long it ran.</param>
public sealed record Operation(
    string Name, string Module, Argument[] Inputs, Tensor[] Outputs, long[][] InputShapes, long[][] OutputShapes, double Milliseconds)
{
    /// <summary>Whether its result needs a gradient.</summary>
    public bool InGraph { get; init; }

    /// <summary>How many of the two factors of a convolution or matrix product get a gradient: 0 to 2.</summary>
    public int Gradients { get; init; }

    /// <summary>Multiply-accumulates of convolutions and matrix products; zero for everything else.</summary>
    public long MultiplyAccumulates => Name switch
    {
        "aten::conv2d" => OutputShapes[0].Product() * InputShapes[1][1..].Product(),
        "aten::linear" or "aten::matmul" or "aten::mm" or "aten::bmm" => OutputShapes[0].Product() * InputShapes[0][^1],
        _ => 0,
    };

    /// <summary>The same with the backward pass: a factor that gets a gradient costs as much as the product itself.</summary>
    public long TrainingMultiplyAccumulates => MultiplyAccumulates * (1 + Gradients);
}

/// <summary>Records every operator that runs on this thread, with its module; the basis of FLOP counts,
/// layer tables and merge planning.</summary>
/// <remarks>What runs, and when its tensors are freed, does not depend on a recorder. A fused kernel reports the operators that it
/// replaces.</remarks>
public sealed class OperationRecorder : IDisposable
{
    [ThreadStatic]
    private static OperationRecorder? _active;

    private readonly OperationRecorder? _outer = _active;
    private readonly List<Operation> _operations = [];
    private readonly List<ModuleCall> _calls = [];
    private readonly Stack<OpenCall> _path = new();
    private readonly HashSet<Tensor>? _dependent;
    private readonly Dictionary<Tensor, Tensor> _constants = new(ReferenceEqualityComparer.Instance);
    private int _dependents;

    /// <summary>Starts recording on this thread until disposed.</summary>
    public OperationRecorder() => _active = this;

    /// <summary>Starts recording on this thread until disposed, and keeps what operators read beside the inputs.</summary>
    /// <param name="inputs">What the recorded function takes; every other tensor is a constant of it.</param>
    public OperationRecorder(IReadOnlyCollection<Tensor> inputs)
        : this()
        => _dependent = new HashSet<Tensor>(inputs, ReferenceEqualityComparer.Instance);

    internal static OperationRecorder? Active => _active;

    /// <summary>The operators, in the order in which they ran.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>The modules that ran, in the order in which they ended, with their outputs.</summary>
    public IReadOnlyList<ModuleCall> Calls => _calls;

    /// <summary>Floating-point operations of convolutions and matrix products: two per multiply-accumulate.</summary>
    public long Flops => 2 * _operations.Sum(operation => operation.MultiplyAccumulates);

    /// <summary>The same with the backward pass: a factor that gets a gradient costs as much as the product itself.</summary>
    public long TrainingFlops => 2 * _operations.Sum(operation => operation.TrainingMultiplyAccumulates);

    /// <summary>The values of tensors that do not depend on the inputs and are read by operators that do: parameters, and results of
    /// operators on constants. Empty without inputs. They share memory with their originals and live until the recorder is
    /// disposed.</summary>
    public IReadOnlyDictionary<Tensor, Tensor> Constants => _constants;

    /// <summary>Receives each operator that depends on the inputs while its tensors are alive, with its number, from 0; what it runs is not
    /// recorded.</summary>
    public Action<int, Operation>? Observer { get; set; }

    /// <summary>Whether a tensor depends on the inputs.</summary>
    public bool DependsOnInputs(Tensor tensor) => _dependent?.Contains(tensor) == true;

    /// <summary>Ends recording and frees the constants.</summary>
    public void Dispose()
    {
        _active = ReferenceEquals(_active, this) ? _outer : _active;
        foreach (Tensor constant in _constants.Values)
        {
            constant.Dispose();
        }

        _constants.Clear();
    }

    /// <summary>Ends recording; <see cref="Constants"/> stay.</summary>
    public void Stop() => _active = ReferenceEquals(_active, this) ? _outer : _active;

    /// <summary>The time at which an operator begins; 0 without an active recorder.</summary>
    internal static long Now() => _active is null ? 0 : Stopwatch.GetTimestamp();

    /// <summary>Records an operator: one that ran, or one that a fused kernel replaces.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="arguments">In schema order.</param>
    /// <param name="outputs">Its results, or the tensor that it changed in place.</param>
    /// <param name="start">Its start time, see <see cref="Now"/>; 0 where its time is part of another one's.</param>
    internal void Add(Operator op, ReadOnlySpan<Argument> arguments, Tensor[] outputs, long start = 0)
    {
        double elapsed = start == 0 ? 0 : Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        List<long[]> inputShapes = [];
        foreach (Argument argument in arguments)
        {
            if (argument.Tensor is { } one)
            {
                inputShapes.Add(one.Shape);
            }

            inputShapes.AddRange(argument.Tensors.Select(many => many?.Shape ?? []));
        }

        Operation operation = new(
            op.Name, _path.TryPeek(out OpenCall inside) ? inside.Path : "", arguments.ToArray(), outputs,
            [.. inputShapes], [.. outputs.Select(output => output?.Shape ?? [])], elapsed)
        {
            InGraph = outputs is [{ RequiresGrad: true }, ..],
            Gradients = GradientsOf(arguments, outputs),
        };
        Follow(operation);
        _operations.Add(operation);
    }

    private static int GradientsOf(ReadOnlySpan<Argument> arguments, Tensor[] outputs)
    {
        int count = 0;
        for (int i = 0; i < Math.Min(2, arguments.Length) && outputs is [{ RequiresGrad: true }, ..]; i++)
        {
            count += arguments[i].Tensor is { RequiresGrad: true } ? 1 : 0;
        }

        return count;
    }

    /// <summary>Notes which results depend on the inputs, and keeps the constants that they are computed with.</summary>
    private void Follow(Operation operation)
    {
        Tensor[] read = _dependent is null ? [] : [.. operation.Inputs.SelectMany(input => input.Tensor is { } one ? [one] : input.Tensors.OfType<Tensor>())];
        if (_dependent is null || !Array.Exists(read, _dependent.Contains))
        {
            return;
        }

        _active = null;                                          // what is kept and observed is not recorded
        try
        {
            foreach (Tensor constant in read.Where(tensor => !_dependent.Contains(tensor) && !_constants.ContainsKey(tensor)))
            {
                _constants.Add(constant, constant.Detach().Unscoped());
            }

            _dependent.UnionWith(operation.Outputs.Where(output => output is not null));
            Observer?.Invoke(_dependents++, operation);
        }
        finally
        {
            _active = this;
        }
    }

    internal void Enter(string path) => _path.Push(new(path, _operations.Count));

    /// <summary>Records what the innermost module passes to its follower.</summary>
    internal void BeforeFollower(Tensor output) => _path.Push(_path.Pop() with { Own = output, OwnEnd = _operations.Count });

    internal void Leave(object module, Tensor? output)
    {
        OpenCall call = _path.Pop();
        _calls.Add(new ModuleCall(call.Path, module, output, output?.Shape ?? [], _operations.Count)
        {
            Start = call.Start,
            Own = call.Own ?? output,
            OwnEnd = call.Own is null ? _operations.Count : call.OwnEnd,
        });
    }

    /// <summary>A module that has not ended.</summary>
    private readonly record struct OpenCall(string Path, int Start)
    {
        internal Tensor? Own { get; init; }

        internal int OwnEnd { get; init; }
    }
}

/// <summary>One module that ran while a recorder was active.</summary>
/// <param name="Path">Dotted path.</param>
/// <param name="Module">The module.</param>
/// <param name="Output">Its output tensor; the layer around it frees it unless it returns it.</param>
/// <param name="Shape">Shape of the output.</param>
/// <param name="End">Number of operators recorded when it ended.</param>
public sealed record ModuleCall(string Path, object Module, Tensor? Output, long[] Shape, int End)
{
    /// <summary>Number of operators recorded when it began.</summary>
    public int Start { get; init; }

    /// <summary>Its output before its follower; without one, <see cref="Output"/>.</summary>
    public Tensor? Own { get; init; }

    /// <summary>Number of operators recorded when it had computed <see cref="Own"/>.</summary>
    public int OwnEnd { get; init; }
}

internal static class Shapes
{
    internal static long Product(this IEnumerable<long> lengths) => lengths.Aggregate(1L, (product, length) => product * length);
}
