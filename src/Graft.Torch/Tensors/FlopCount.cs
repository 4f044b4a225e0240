namespace Graft.Torch;

/// <summary>Floating-point operations of recorded operators, counted as the profilers of the field count them.</summary>
/// <param name="Layers">Convolutions and linear layers: two a multiply-accumulate; biases and activations are not counted.</param>
/// <param name="Normalizations">Batch normalisation: eight a value.</param>
/// <param name="Upsampling">Nearest-neighbour enlargement: two a value that it makes.</param>
/// <param name="Products">Matrix products between activations: two a multiply-accumulate; published figures leave them out.</param>
public readonly record struct FlopCount(long Layers, long Normalizations, long Upsampling, long Products)
{
    /// <summary>What papers print: everything but <see cref="Products"/>.</summary>
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
