using System.Globalization;

namespace Graft.Torch.Layers;

/// <summary>A module that maps one tensor to one tensor.</summary>
public abstract class Layer : TensorModule
{
    /// <summary>Runs the layer, then its follower.</summary>
    /// <remarks>Intermediate tensors are freed when it returns; gradients keep what they need.</remarks>
    public Tensor Forward(Tensor input)
    {
        SharedRun? shared = SharedRun.Active;
        (int? own, int? whole) = shared?.NumbersOf(this) ?? default;
        if (shared?.Find(whole) is { } known)
        {
            return known;
        }

        ModuleRun run = Enter();
        using TensorScope scope = TensorScope.Begin();
        Tensor output = shared?.Find(own) ?? Run(input);
        shared?.Keep(own, output);
        output = run.Leave(output);
        shared?.Keep(whole, output);
        return scope.Keep(output);
    }

    /// <summary>The layer's own computation.</summary>
    protected abstract Tensor Run(Tensor input);
}

/// <summary>Layers in sequence, named 0, 1, 2, …</summary>
public sealed class Sequential : Layer
{
    private readonly Layer[] _layers;

    /// <summary>Chains layers.</summary>
    public Sequential(params Layer[] layers)
    {
        _layers = layers;
        for (int i = 0; i < layers.Length; i++)
        {
            Add(i.ToString(CultureInfo.InvariantCulture), layers[i]);
        }
    }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input) => _layers.Aggregate(input, (x, layer) => layer.Forward(x));
}

/// <summary>Modules of one type, named 0, 1, 2, …</summary>
public sealed class ModuleList<T> : Module
    where T : Module
{
    private readonly List<T> _items = [];

    /// <summary>Collects modules.</summary>
    public ModuleList(params IEnumerable<T> items)
    {
        foreach (T item in items)
        {
            Append(item);
        }
    }

    /// <summary>Number of modules.</summary>
    public int Count => _items.Count;

    /// <summary>The module at a position.</summary>
    public T this[int index] => _items[index];

    /// <summary>Appends a module.</summary>
    public void Append(T item)
    {
        Add(_items.Count.ToString(CultureInfo.InvariantCulture), item);
        _items.Add(item);
    }
}

/// <summary>Returns its input: a named site where an adapter can be attached.</summary>
public sealed class Identity : Layer
{
    /// <inheritdoc/>
    protected override Tensor Run(Tensor input) => input;
}
