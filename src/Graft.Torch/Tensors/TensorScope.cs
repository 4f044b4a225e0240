namespace Graft.Torch;

/// <summary>Owns every tensor created on this thread during its lifetime, and frees them together.</summary>
/// <example><code>
/// using var scope = TensorScope.Begin();
/// Tensor y = (x + 1) * 2;
/// return scope.Keep(y);   // moves into the caller's scope
/// </code></example>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? _current;

    private readonly TensorScope? _outer;
    private readonly List<Tensor> _tensors = [];
    private bool _ended;

    private TensorScope(TensorScope? outer) => _outer = outer;

    internal static TensorScope? Current => _current;

    /// <summary>Begins a scope on this thread; end it by disposing it, innermost first.</summary>
    public static TensorScope Begin() => _current = new TensorScope(_current);

    /// <summary>Moves a tensor to the surrounding scope; without one, the caller disposes it.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (ReferenceEquals(tensor.Owner, this))
        {
            tensor.Owner = _outer;
            _outer?._tensors.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Frees the tensors that the scope still owns.</summary>
    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        if (!ReferenceEquals(_current, this))
        {
            throw new InvalidOperationException("Tensor scopes end innermost first, on the thread that began them.");
        }

        _ended = true;
        _current = _outer;
        foreach (Tensor tensor in _tensors)
        {
            if (ReferenceEquals(tensor.Owner, this))
            {
                tensor.Dispose();
            }
        }
    }

    /// <summary>Moves a tensor here from a scope inside this one; any other tensor keeps its owner.</summary>
    internal void Adopt(Tensor tensor)
    {
        for (TensorScope? inner = _current; inner is not null && !ReferenceEquals(inner, this); inner = inner._outer)
        {
            if (ReferenceEquals(tensor.Owner, inner))
            {
                tensor.Owner = this;
                _tensors.Add(tensor);
                return;
            }
        }
    }

    internal void Own(Tensor tensor) => _tensors.Add(tensor);
}
