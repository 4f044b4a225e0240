using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Peft;

/// <summary>Merged weights in double precision; the result is rounded once, to the type of the base.</summary>
public static class LoraMath
{
    /// <summary>The update scaling · B·A in the shape of the base weight.</summary>
    /// <param name="module">The pair of matrices.</param>
    /// <param name="shape">Sizes of the base weight.</param>
    /// <param name="transposed">Whether the base weight is stored in×out.</param>
    public static Tensor Delta(LoraModule module, IReadOnlyList<long> shape, bool transposed)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor product = Product(module).Delta(module.Scaling);
        product = module.Layer == LoraLayer.Embedding || transposed ? product.Transpose(0, 1) : product;
        return scope.Keep(product.Reshape([.. shape]).Clone());
    }

    /// <summary>W + Δ, or with DoRA magnitude · (W + Δ) / ‖W + Δ‖ for every output row.</summary>
    public static Tensor Merged(LoraModule module, Tensor weight, bool transposed)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor sum = weight + Delta(module, weight.Shape, transposed);
        if (module.Magnitude is null)
        {
            return scope.Keep(sum);
        }

        // Rows are outputs, except where the weight is stored transposed; an embedding's outputs are its columns.
        bool columns = transposed || module.Layer == LoraLayer.Embedding;
        Tensor rows = (columns ? sum.Transpose(0, 1) : sum).Reshape(module.Magnitude.ElementCount, -1);
        Tensor magnitude = module.Magnitude.ToTensor().To(DType.Double).Reshape(-1, 1);
        Tensor scaled = rows * (magnitude / rows.Norm([1], keep: true));
        Tensor result = columns ? scaled.Reshape(sum.Shape[1], sum.Shape[0]).Transpose(0, 1) : scaled.Reshape(sum.Shape);
        return scope.Keep(result.Clone());
    }

    /// <summary>The pair as matrices, B out×r and A r×rest, without its scaling.</summary>
    internal static LowRank Product(LoraModule module) => LowRank.Of(module.B.ToTensor(), module.A.ToTensor());

    /// <summary>How many groups the adapted convolution has; 1 for every other layer.</summary>
    public static long GroupsOf(LoraModule module)
        => module.Layer == LoraLayer.Convolution ? module.A.Shape[0] / module.B.Shape[1] : 1;

    /// <summary>Sizes of the weight that the pair fits.</summary>
    public static long[] FittingShape(LoraModule module) => module.Layer switch
    {
        LoraLayer.Linear => [module.B.Shape[0], module.A.Shape[1]],
        LoraLayer.Embedding => [module.A.Shape[1], module.B.Shape[0]],
        _ => [module.B.Shape[0], module.A.Shape[1] / GroupsOf(module), .. module.A.Shape.Skip(2)],
    };
}
