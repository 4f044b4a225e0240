using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>Gradients.</summary>
public sealed partial class Tensor
{
    /// <summary>Whether gradients are computed for this tensor.</summary>
    public bool RequiresGrad
    {
        get => Native.graft_requires_grad(this) != 0;
        set => Native.Check(Native.graft_set_requires_grad(this, value ? 1 : 0), "requires_grad");
    }

    /// <summary>Accumulated gradient, same shape, or null; each call makes a new reference.</summary>
    public Tensor? Grad
    {
        get
        {
            Native.Check(Native.graft_grad(this, out Tensor? gradient), "grad");
            return gradient;
        }

        set => Native.Check(Native.graft_set_grad(this, value), "set grad");
    }

    /// <summary>Back-propagates from this tensor to every leaf that requires a gradient.</summary>
    /// <param name="gradient">Gradient of the result with respect to this tensor; null for a scalar.</param>
    /// <param name="keepGraph">Keep what the graph holds, for another call.</param>
    public void Backward(Tensor? gradient = null, bool keepGraph = false)
        => Native.Check(Native.graft_backward(this, gradient, keepGraph ? 1 : 0), "backward");
}

/// <summary>Disables gradients on this thread until disposed.</summary>
public readonly struct NoGrad : IDisposable
{
    private readonly int _before;

    private NoGrad(int before) => _before = before;

    /// <summary>Begins.</summary>
    public static NoGrad Begin() => new(Native.graft_set_grad_mode(0));

    /// <summary>Restores the previous mode.</summary>
    public void Dispose() => _ = Native.graft_set_grad_mode(_before);
}
