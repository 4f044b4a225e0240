namespace Graft.Torch;

/// <summary>Floating-point operations of recorded operators, counted as common profilers count them.</summary>
/// <param name="Layers">Convolutions and linear layers: two per multiply-accumulate; biases and activations are not counted.</param>
/// <param name="Normalizations">Batch normalisation: eight per value.</param>
/// <param name="Upsampling">Nearest-neighbour upsampling: two per value of the result.</param>
/// <param name="Products">Matrix products between activations: two per multiply-accumulate; published figures omit them.</param>
public readonly record struct FlopCount(long Layers, long Normalizations, long Upsampling, long Products)
{
    /// <summary>The figure that papers print: all but <see cref="Products"/>.</summary>
    public long Published => Layers + Normalizations + Upsampling;

    /// <summary>Counts operators.</summary>
    public static FlopCount Of(IEnumerable<Operation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        FlopCount sum = default;
        foreach (Operation operation in operations)
        {
            sum = operation.Name switch
            {
                "aten::conv2d" or "aten::linear" => sum with { Layers = sum.Layers + (2 * operation.MultiplyAccumulates) },
                "aten::batch_norm" => sum with { Normalizations = sum.Normalizations + (8 * operation.OutputShapes[0].Product()) },
                "aten::upsample_nearest2d" => sum with { Upsampling = sum.Upsampling + (2 * operation.OutputShapes[0].Product()) },
                _ => sum with { Products = sum.Products + (2 * operation.MultiplyAccumulates) },
            };
        }

        return sum;
    }
}
