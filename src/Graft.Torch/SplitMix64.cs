namespace Graft;

/// <summary>The SplitMix64 random generator: the same numbers on every system; it can be forked for separate purposes.</summary>
/// <param name="state">Initial state.</param>
public sealed class SplitMix64(ulong state)
{
    /// <summary>Increment of the state per step.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong ForkStride = 0x632BE59BD9B4E019;
    private ulong _state = state;

    /// <summary>Mixes 64 bits; one output step of the generator.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong Next() => Mix(_state += Golden);

    /// <summary>Uniform in 0..1, without 1.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform between two bounds.</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>An integer of low..high, both included.</summary>
    public int Integer(int low, int high) => low + (int)(Uniform() * (high - low + 1));

    /// <summary>Roughly normal with mean 0 and deviation 1: twelve uniforms minus six.</summary>
    public double Normal()
    {
        double sum = 0;
        for (int i = 0; i < 12; i++)
        {
            sum += Uniform();
        }

        return sum - 6;
    }

    /// <summary>Plus or minus one.</summary>
    public int Sign() => Uniform() < 0.5 ? 1 : -1;

    /// <summary>One item of a list.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[(int)(Uniform() * items.Count)];

    /// <summary>A generator seeded by several numbers, such as seed, epoch and image.</summary>
    public static SplitMix64 For(params ReadOnlySpan<long> numbers)
    {
        ulong state = Golden;
        foreach (long number in numbers)
        {
            state = Mix(state + (ulong)number + ForkStride);
        }

        return new SplitMix64(state);
    }

    /// <summary>An independent generator for one purpose; this one does not advance.</summary>
    public SplitMix64 Fork(int purpose) => new(Mix(_state + (ForkStride * (ulong)(purpose + 1))));
}
