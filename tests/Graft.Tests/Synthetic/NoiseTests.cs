using System.Numerics;
using Graft.Synthetic;

namespace Graft.Tests.Synthetic;

[SideBySide]
public class NoiseTests
{
    [Fact]
    public void Generator_GivesTheKnownNumbers()
    {
        SplitMix64 random = new(42);
        Assert.Equal(0xbdd732262feb6e95, random.Next());
        Assert.Equal(0x28efe333b266f103u, random.Next());
        Assert.Equal(0x47526757130f9f52u, random.Next());
        Assert.Equal(0.7415648787718233, new SplitMix64(42).Uniform());
        Assert.Equal(0x5692161d100b05e5u, SplitMix64.Mix(1));
    }

    [Fact]
    public void Fork_GivesItsOwnNumbersAndLeavesItsParentAlone()
    {
        SplitMix64 random = new(42);
        SplitMix64 fork = random.Fork(1);
        Assert.Equal(0xc1eddd58416673d7, fork.Next());
        Assert.Equal(0xbdd732262feb6e95, random.Next());
    }

    [Fact]
    public void Lattice_GivesTheKnownNumbers()
    {
        Assert.Equal(0.3904239535331726, Lattice.Hash(1, 2, 7));
        Assert.Equal(0.42068272829055786, Lattice.Hash(-3, 5, 123456789));
    }

    [Fact]
    public void SeveralPoints_AreThoseOfEach()
    {
        SplitMix64 random = new(9);
        ValueNoise noise = new(77);
        FractalNoise fractal = new(5, 4);
        CellNoise cells = new(11);
        for (int i = 0; i < 300; i++)
        {
            // Close together, so that some share a cell and some do not; negative ones too.
            (double left, double top) = (random.Uniform(-40, 40), random.Uniform(-40, 40));
            double[] x = [.. Enumerable.Range(0, Vector<double>.Count).Select(_ => left + random.Uniform(0, 1.5))];
            double[] y = [.. Enumerable.Range(0, Vector<double>.Count).Select(_ => top + random.Uniform(0, 1.5))];
            (Vector<double> columns, Vector<double> rows) = (new(x), new(y));
            Vector<double> hashes = Lattice.At(Lattice.Keys(Vector.Floor(columns), Vector.Floor(rows), 3)), values = noise.At(columns, rows), sums = fractal.At(columns, rows);
            (Vector<double> nearest, Vector<double> second) = cells.At(columns, rows);
            for (int k = 0; k < Vector<double>.Count; k++)
            {
                Assert.Equal(Lattice.Hash((long)Math.Floor(x[k]), (long)Math.Floor(y[k]), 3), hashes[k]);
                Assert.Equal(new ValueNoise(77).At(x[k], y[k]), values[k]);
                Assert.Equal(new FractalNoise(5, 4).At(x[k], y[k]), sums[k]);
                Assert.Equal(new CellNoise(11).At(x[k], y[k]), (nearest[k], second[k]));
            }
        }
    }

    [Fact]
    public void Noise_GivesTheKnownNumbersInAnyOrder()
    {
        ValueNoise noise = new(7);
        Assert.Equal(0.239239641581662, noise.At(0.5, 0.25), 14);
        noise.At(-8.5, 3.25);
        Assert.Equal(0.239239641581662, noise.At(0.5, 0.25), 14);
        Assert.Equal(0.6078138025775596, new FractalNoise(5, 4).At(3.3, 1.7), 14);
    }

    [Fact]
    public void CellNoise_AgreesWithASearchOverAllPoints()
    {
        CellNoise cells = new(11);
        SplitMix64 random = new(3);
        for (int i = 0; i < 200; i++)
        {
            (double x, double y) = (random.Uniform(-5, 5), random.Uniform(-5, 5));
            double[] distances = [.. from column in Enumerable.Range(-8, 17)
                                     from row in Enumerable.Range(-8, 17)
                                     let dx = column + Lattice.Hash(column, row, 11) - x
                                     let dy = row + Lattice.Hash(column, row, 18) - y
                                     orderby (dx * dx) + (dy * dy)
                                     select Math.Sqrt((dx * dx) + (dy * dy))];
            (double nearest, double second) = cells.At(x, y);
            Assert.Equal(distances[0], nearest, 12);
            Assert.Equal(distances[1], second, 12);
        }
    }
}
