using Graft.Torch;

namespace Graft.Adapters.Merged;

internal static class Residual
{
    /// <summary>x + branch, written over the branch when no gradient needs it: nobody else holds it.</summary>
    internal static Tensor Plus(this Tensor x, Tensor branch) => branch.RequiresGrad || x.RequiresGrad ? x + branch : branch.AddInPlace(x);
}
