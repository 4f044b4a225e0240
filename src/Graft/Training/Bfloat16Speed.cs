using System.Globalization;
using Graft.Torch;

namespace Graft.Training;

/// <summary>How fast this processor's bfloat16 convolutions are: with matrix units several times as fast as float32, without them often slower.</summary>
/// <param name="Gain">Time in float32 divided by the time in bfloat16, forward and backward; 0 where bfloat16 does not run.</param>
public sealed record Bfloat16Speed(double Gain)
{
    // Of a gain below this, little is left in a step as a whole.
    private const double LeastGain = 1.2;

    private static readonly Lazy<Bfloat16Speed> Measured = new(Measure);

    private const int Rounds = 5, Images = 8, Channels = 64, Side = 40;

    /// <summary>Measured once in a process, so that a choice and what follows from it agree.</summary>
    public static Bfloat16Speed Here => Measured.Value;

    /// <summary>Whether a training gains from mixed precision.</summary>
    public bool Pays => Gain > LeastGain;

    /// <summary>Reads like "bfloat16 convolutions are 3.1 times as fast as float32 on this processor".</summary>
    public string Found => Gain switch
    {
        0 => "bfloat16 convolutions do not run on this processor",
        <= 1 => string.Create(CultureInfo.InvariantCulture, $"bfloat16 convolutions take {1 / Gain:0.0} times as long as float32 on this processor"),
        _ => string.Create(CultureInfo.InvariantCulture, $"bfloat16 convolutions are {Gain:0.0} times as fast as float32 on this processor"),
    };

    /// <summary>Measures a typical convolution of a detector, in turn: the fastest of five.</summary>
    public static Bfloat16Speed Measure()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.RandN(Images, Channels, Side, Side).To(MemoryFormat.ChannelsLast), weight = Tensor.RandN(Channels, Channels, 3, 3);
        x.RequiresGrad = weight.RequiresGrad = true;
        try
        {
            IReadOnlyList<double>[] times = Timing.InTurn(1, Rounds, [() => Time(x, weight, mixed: false), () => Time(x, weight, mixed: true)]);
            return new Bfloat16Speed(times[0].Min() / times[1].Min());
        }
        catch (GraftException)
        {
            return new Bfloat16Speed(0);
        }
    }

    /// <summary>Refuses mixed precision where it would cost time.</summary>
    /// <exception cref="GraftException">Of kind Refused: bfloat16 is slower here, or does not run.</exception>
    public void Require()
    {
        if (Gain <= 1)
        {
            throw new GraftException(Failure.Refused, $"train.amp is on, but {Found}.", "Set train.amp=false.");
        }
    }

    private static double Time(Tensor x, Tensor weight, bool mixed) => Timing.Of(() =>
    {
        using TensorScope scope = TensorScope.Begin();
        using (MixedPrecision.Begin(mixed))
        {
            x.Conv2d(weight, padding: 1).Sum().Backward();
        }

        x.Grad = weight.Grad = null;
    });
}
