using Graft.Data;
using Graft.Runtime.Preprocessing;
using Graft.Torch;
using Graft.Torch.Images;
using GraftLetterbox = Graft.Data.Letterbox;
using RuntimeLetterbox = Graft.Runtime.Preprocessing.Letterbox;

namespace Graft.Runtime.Tests.Preprocessing;

/// <summary>Planes and plans equal those of training: Graft's letterbox, OpenCV's resize, libtorch's normalisation.</summary>
public class LetterboxParityTests
{
    private readonly PreprocessingBuffers _buffers = new();

    [Fact]
    public void Planes_equal_the_training_pipeline()
    {
        Random random = new(1);
        for (int i = 0; i < 220; i++)
        {
            int most = i < 200 ? 300 : 2000, side = 32 * random.Next(1, i < 200 ? 10 : 21);
            (int width, int height) = (random.Next(1, most + 1), random.Next(1, most + 1));
            (int inputWidth, int inputHeight) = random.Next(2) == 0 ? (side, side) : (side, 32 * random.Next(1, 21));
            LetterboxOptions options = new(random.Next(2) == 0, random.Next(2) == 0, random.Next(3) == 0 ? 32 : 0, (byte)random.Next(256));
            Compare(random, options, inputWidth, inputHeight, width, height);
        }
    }

    [Fact]
    public void All_byte_values_are_scaled_as_at_training()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        float[] planes = new float[3 * 256];
        RuntimeLetterbox letterbox = new(new LetterboxOptions(), 256, 1);
        letterbox.Write(new PixelView(bytes, 256, 1, 256, PixelFormat.Mono8), letterbox.Plan(256, 1), planes, _buffers);
        using Tensor tensor = Tensor.From(bytes, 1, 1, 1, 256);
        using Tensor expected = PixelBatch.Normalise(tensor);
        Assert.Equal(expected.ToSingles(), planes[..256]);
    }

    private void Compare(Random random, LetterboxOptions options, int inputWidth, int inputHeight, int width, int height)
    {
        int channels = random.Next(2) == 0 ? 1 : 3;
        byte[] bytes = RandomImages.Bytes(random, width, height, channels);
        RuntimeLetterbox letterbox = new(options, inputWidth, inputHeight);
        FitPlan plan = letterbox.Plan(width, height);
        GraftLetterbox training = new(inputWidth, inputHeight)
        {
            FitFirst = options.FitFirst,
            ScaleUp = options.ScaleUp,
            Multiple = options.Multiple,
            Fill = Colour.Grey(options.Padding),
        };
        LetterboxPlan wanted = training.Plan(width, height);
        Assert.Equal(
            (wanted.FitWidth, wanted.FitHeight, wanted.InnerWidth, wanted.InnerHeight, wanted.Left, wanted.Top, wanted.Width, wanted.Height),
            (plan.FitWidth, plan.FitHeight, plan.InnerWidth, plan.InnerHeight, plan.Left, plan.Top, plan.Width, plan.Height));
        Assert.Equal((wanted.Fitting.ScaleX, wanted.Fitting.ScaleY), (plan.ScaleX, plan.ScaleY));

        using Image native = RandomImages.Native(bytes, width, height, channels);
        using Image colour = channels == 1 ? native.FromGrey() : native.Copy();
        using Image fitted = training.Apply(colour, wanted);
        byte[] expectedBytes = new byte[plan.Length];
        fitted.CopyPlanes(expectedBytes, swap: true);
        using Tensor tensor = Tensor.From(expectedBytes, 1, 3, plan.Height, plan.Width);
        using Tensor normalised = PixelBatch.Normalise(tensor);
        using Tensor contiguous = normalised.Contiguous();
        float[] expected = contiguous.ToSingles(), actual = new float[plan.Length];
        Array.Fill(actual, float.NaN);
        letterbox.Write(RandomImages.View(bytes, width, height, channels), plan, actual, _buffers);
        int equal = actual.AsSpan().CommonPrefixLength(expected);
        Assert.True(
            equal == actual.Length,
            $"{width}x{height}x{channels} into {inputWidth}x{inputHeight}, {options}: element {equal} of {actual.Length} differs");
    }
}
