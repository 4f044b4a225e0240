using Graft.Torch;

namespace Graft.Models.YoloV10;

/// <summary>Sizes of a model in its four forms; published figures are those of <see cref="Deployed"/>.</summary>
/// <param name="Training">Both heads, nothing folded.</param>
/// <param name="Trainable">Weights of <paramref name="Training"/> that learn: all but the ramp of the distributions.</param>
/// <param name="Folded">Both heads, normalisations folded.</param>
/// <param name="OneToOne">The one-to-one head alone.</param>
/// <param name="Deployed">The one-to-one head alone, normalisations folded.</param>
public sealed record YoloV10Counts(NetworkSize Training, long Trainable, NetworkSize Folded, NetworkSize OneToOne, NetworkSize Deployed)
{
    private const int Side = 64;

    /// <summary>Counts the sizes of a layout.</summary>
    /// <param name="options">Layout and sizes; its form does not matter.</param>
    /// <param name="height">Rows of the input, a multiple of 32.</param>
    /// <param name="width">Columns of the input, a multiple of 32.</param>
    public static YoloV10Counts Of(YoloV10Options options, int height = 640, int width = 640)
    {
        ArgumentNullException.ThrowIfNull(options);
        NetworkSize Size(bool folded, bool oneToMany)
            => Measure(options with { Form = new YoloV10Form(folded, oneToMany) }, height, width).Size;
        (NetworkSize training, long trainable) = Measure(options with { Form = new YoloV10Form() }, height, width);
        return new(training, trainable, Size(true, true), Size(false, false), Size(true, false));
    }

    private static (NetworkSize Size, long Trainable) Measure(YoloV10Options options, int height, int width)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloV10 model = new(options);
        using OperationRecorder recorder = new();
        model.Forward(Tensor.Zeros(1, 3, Side, Side));
        FlopCount flops = FlopCount.Of(recorder.Operations);
        // Work grows linearly with the number of pixels, quadratically in attention: a small image is enough.
        long pixels = (long)height * width, places = pixels / 64 + pixels / 256 + pixels / 1024;
        double growth = (double)pixels / (Side * Side);
        // The authors turn distributions into distances by a convolution, and their profiler sees it.
        long ramp = 2L * 4 * YoloV10Options.RegMax * places * (options.Form.OneToMany ? 2 : 1);
        long work = (long)(flops.Published * growth) + ramp, products = (long)(flops.Products * growth * growth);
        return (new(model.ParameterCount, model.StateDict().Count(), work, products), model.TrainableCount);
    }
}
