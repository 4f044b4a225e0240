using Graft.Torch;

namespace Graft.Models.YoloV10;

/// <summary>Sizes of one form of a model.</summary>
/// <param name="Parameters">Weights.</param>
/// <param name="Keys">Entries of its state dict.</param>
/// <param name="Flops">Operations for one image, as the usual profiler counts them.</param>
/// <param name="AttentionFlops">Matrix products of the attention, which that profiler leaves out.</param>
public sealed record YoloV10Size(long Parameters, int Keys, long Flops, long AttentionFlops)
{
    /// <summary><see cref="Flops"/> in thousand millions.</summary>
    public double Gflops => Flops / 1e9;
}

/// <summary>Sizes of a model in its four forms; published figures are those of <see cref="Deployed"/>.</summary>
/// <param name="Training">Both heads, normalisations apart.</param>
/// <param name="Trainable">Weights of <paramref name="Training"/> that learn: all but the ramp of the distributions.</param>
/// <param name="Folded">Both heads, normalisations folded.</param>
/// <param name="OneToOne">The one-to-one head alone.</param>
/// <param name="Deployed">The one-to-one head alone, normalisations folded.</param>
public sealed record YoloV10Counts(YoloV10Size Training, long Trainable, YoloV10Size Folded, YoloV10Size OneToOne, YoloV10Size Deployed)
{
    private const int Side = 64;

    /// <summary>Counts a layout.</summary>
    /// <param name="options">Layout and sizes; its form does not matter.</param>
    /// <param name="height">Rows of the input, a multiple of 32.</param>
    /// <param name="width">Columns of the input, a multiple of 32.</param>
    public static YoloV10Counts Of(YoloV10Options options, int height = 640, int width = 640)
    {
        ArgumentNullException.ThrowIfNull(options);
        YoloV10Size Size(bool folded, bool oneToMany)
            => Measure(options with { Folded = folded, OneToMany = oneToMany }, height, width).Size;
        (YoloV10Size training, long trainable) = Measure(options with { Folded = false, OneToMany = true }, height, width);
        return new(training, trainable, Size(true, true), Size(false, false), Size(true, false));
    }

    private static (YoloV10Size Size, long Trainable) Measure(YoloV10Options options, int height, int width)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloV10 model = new(options);
        using OperationRecorder recorder = new();
        model.Forward(Tensor.Zeros(1, 3, Side, Side));
        FlopCount flops = FlopCount.Of(recorder.Operations);
        // Every layer's work grows with the number of pixels, that of attention with its square: a small image is enough.
        long pixels = (long)height * width, places = pixels / 64 + pixels / 256 + pixels / 1024;
        double growth = (double)pixels / (Side * Side);
        // The authors turn distributions into distances by a convolution, and their profiler sees it.
        long ramp = 2L * 4 * YoloV10Options.RegMax * places * (options.OneToMany ? 2 : 1);
        long work = (long)(flops.Published * growth) + ramp, products = (long)(flops.Products * growth * growth);
        return (new(model.ParameterCount, model.StateDict().Count(), work, products), model.TrainableCount);
    }
}
