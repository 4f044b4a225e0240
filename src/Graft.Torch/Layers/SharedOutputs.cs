namespace Graft.Torch.Layers;

/// <summary>Layers of several networks that compute the same value: in a run, the first of them computes it and the others return it.</summary>
/// <remarks>Whoever builds it proves that layers of one number compute the same; nothing is checked while networks run.</remarks>
public sealed class SharedOutputs
{
    private readonly Dictionary<Layer, (int? Own, int? Whole)> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>Number of layers that have a number.</summary>
    public int Count => _numbers.Count;

    /// <summary>Gives a layer the numbers of its values; layers of one number return the same tensor within a run.</summary>
    /// <param name="layer">The layer; it runs once in a run of its network.</param>
    /// <param name="own">Number of its output before its <see cref="Module.Follower"/>; null: not shared.</param>
    /// <param name="whole">Number of its output after the follower; null: not shared.</param>
    public void Add(Layer layer, int? own, int? whole)
    {
        if (own is not null || whole is not null)
        {
            _numbers.Add(layer, (own, whole));
        }
    }

    /// <summary>Begins a run on this thread. Shared tensors belong to the present <see cref="TensorScope"/>; end the run before the scope.</summary>
    /// <exception cref="InvalidOperationException">There is no scope.</exception>
    public SharedRun Begin() => new(this);

    internal (int? Own, int? Whole) NumbersOf(Layer layer) => _numbers.GetValueOrDefault(layer);
}

/// <summary>One run of the networks of <see cref="SharedOutputs"/>: the same images in all of them.</summary>
public sealed class SharedRun : IDisposable
{
    [ThreadStatic]
    private static SharedRun? _active;

    private readonly Dictionary<int, Tensor> _values = [];
    private readonly SharedOutputs _layers;
    private readonly TensorScope _scope;
    private readonly SharedRun? _outer = _active;

    internal SharedRun(SharedOutputs layers)
    {
        (_layers, _scope) = (layers, TensorScope.Current ?? throw new InvalidOperationException("Shared outputs need a tensor scope."));
        _active = this;
    }

    internal static SharedRun? Active => _active;

    internal (int? Own, int? Whole) NumbersOf(Layer layer) => _layers.NumbersOf(layer);

    internal Tensor? Find(int? number) => number is { } known ? _values.GetValueOrDefault(known) : null;

    /// <summary>Keeps a value until the scope in which the run began ends.</summary>
    internal void Keep(int? number, Tensor value)
    {
        if (number is { } known && _values.TryAdd(known, value))
        {
            _scope.Adopt(value);
        }
    }

    /// <summary>Ends the run.</summary>
    public void Dispose() => _active = _outer;
}
