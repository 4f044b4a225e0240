using System.Runtime.InteropServices;
using Graft.Torch.Interop;

namespace Graft.Torch.Layers;

/// <summary>A convolution whose weights are not trained, with SiLU; without any gradient, in one pass over memory.</summary>
/// <remarks>Weights are packed for the processor in the first run, and again after one is replaced or changed in place.</remarks>
internal sealed class ConvolutionPlan : SafeHandle
{
    private ConvolutionPlan(nint plan)
        : base(0, ownsHandle: true) => SetHandle(plan);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>B×in×H×W to B×out×H'×W' in channels-last order; null where the operators have to run one by one.</summary>
    /// <param name="plan">Kept by the caller between runs; created when null.</param>
    /// <param name="input">The input maps.</param>
    /// <param name="conv">The convolution.</param>
    /// <param name="activate">Whether SiLU follows.</param>
    /// <param name="added">Residual added to the result, of its shape; null for none.</param>
    internal static Tensor? Run(ref ConvolutionPlan? plan, Tensor input, Conv2d conv, bool activate, Tensor? added = null)
    {
        if (plan is null)
        {
            Native.Check(Native.graft_plan_create(out nint made), "plan");
            plan = new ConvolutionPlan(made);
        }

        if (plan.IsInvalid)
        {
            return null;
        }

        NativeUnit unit = new()
        {
            Stride = conv.Stride,
            Padding = conv.Padding,
            Dilation = conv.Dilation,
            Groups = conv.Groups,
            Activate = activate ? 1 : 0,
        };
        int status = Native.graft_plan_run(plan, input, conv.Weight.Value, conv.Bias?.Value, added, in unit, out Tensor? result);
        Native.Check(status, "convolution");
        return result;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Native.graft_plan_free(handle);
        return true;
    }
}
