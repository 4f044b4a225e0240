namespace Graft.Torch.Layers;

/// <summary>A named tensor of a module: a parameter, trainable or frozen, or a buffer, which is never trained.</summary>
public sealed class Parameter : IDisposable
{
    internal Parameter(string name, Tensor value, bool isBuffer, bool isPersistent)
    {
        Name = name;
        Value = value.Unscoped();
        IsBuffer = isBuffer;
        IsPersistent = isPersistent;
    }

    /// <summary>Name below its module.</summary>
    public string Name { get; }

    /// <summary>The tensor; loading, averaging and rewriting replace it.</summary>
    public Tensor Value { get; private set; }

    /// <summary>Whether this is a buffer, which is not trained, such as running statistics.</summary>
    public bool IsBuffer { get; }

    /// <summary>Whether it belongs to the state dict.</summary>
    public bool IsPersistent { get; }

    /// <summary>Whether it is trained (requires_grad).</summary>
    public bool Trainable
    {
        get => Value.RequiresGrad;
        set
        {
            if (IsBuffer && value)
            {
                throw new InvalidOperationException($"The buffer '{Name}' is not trainable.");
            }

            Value.RequiresGrad = value;
        }
    }

    /// <summary>Replaces the tensor and frees the old one.</summary>
    public void Replace(Tensor value)
    {
        Tensor old = Exchange(value);
        old.Dispose();
    }

    /// <summary>Puts other values in place and frees the old ones; the parameter stays trainable or frozen.</summary>
    public void Reset(Tensor value)
    {
        bool trainable = Trainable;
        Replace(value);
        Trainable = trainable;
    }

    /// <summary>Puts another tensor in place and returns the old one.</summary>
    public Tensor Exchange(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Tensor old = Value;
        Value = value.Unscoped();
        return old;
    }

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();
}
