using System.Runtime.CompilerServices;
using CsCheck;
using Xunit.Sdk;

namespace Graft.Testing;

/// <summary>Checks a law on generated cases, the same ones in every run; a case that breaks it is shrunk and printed with its seed.</summary>
public static class Law
{
    private const uint Stream = 1;
    private const int Shrinks = 2000;

    /// <summary>Holds a law against cases that are drawn from a seed of the test's name.</summary>
    /// <param name="cases">Generates a case.</param>
    /// <param name="law">Throws for a case that breaks the law.</param>
    /// <param name="count">Number of cases.</param>
    /// <param name="name">The test.</param>
    public static void Holds<T>(Gen<T> cases, Action<T> law, int count = 200, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(law);
        PCG random = new(Stream, SeededByNameAttribute.SeedOf(name));
        for (int i = 0; i < count; i++)
        {
            string seed = random.ToString();
            T drawn = cases.Generate(random, null!, out _);
            try
            {
                law(drawn);
            }
            catch (Exception broken)
            {
                // CsCheck begins with the case of the seed, and looks for smaller ones.
                cases.Sample(law, seed: seed, iter: Shrinks, threads: 1);
                throw new XunitException($"{name}: case {i} (seed {seed}) broke the law once and held when it was tried again.", broken);
            }
        }
    }
}
