using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

/// <summary>The file of kept features: what goes in comes out, and nothing damaged ever does.</summary>
[SideBySide]
public sealed class FeatureFileTests : IDisposable
{
    private const long Plenty = 1 << 30;
    private static readonly string Key = new('a', 64);
    private static readonly Dictionary<string, string>[] Attributes = [new() { ["tone"] = "dark" }, new() { ["tone"] = "light" }];

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];

    private string Place => _folder.At("cache", "some.features");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatIsAdded_IsFound_AfterReopeningToo()
    {
        FeatureSlot[] slots = [.. Slots(40)];
        using (IFeatureStore file = Open())
        {
            Assert.All(slots, slot => Assert.Null(file.Find(slot)));
            Array.ForEach(slots, slot => file.Add(slot, SampleOf(slot)));
            Assert.All(slots, slot => AssertIs(SampleOf(slot), file.Find(slot)));
        }

        using IFeatureStore again = Open();
        Assert.Equal(40, ((FeatureFile)again).Count);
        Assert.All(slots, slot => AssertIs(SampleOf(slot), again.Find(slot)));
        Assert.Null(again.Find(new FeatureSlot(0, 1000, false)));
        Assert.Empty(_notes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyChangedByte_IsNoticed_AndOnlyRightSamplesAreGiven(int seed)
    {
        FeatureSlot[] slots = [.. Slots(12)];
        Fill(slots);
        byte[] good = File.ReadAllBytes(Place);
        Random random = new(seed);
        for (int round = 0; round < 60; round++)
        {
            byte[] bad = [.. good];
            int at = random.Next(bad.Length);
            bad[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Place, bad);
            using IFeatureStore file = Open();
            FeatureSample?[] found = [.. slots.Select(file.Find)];
            Assert.All(slots.Zip(found), pair => AssertIs(SampleOf(pair.First), pair.Second ?? SampleOf(pair.First)));
            Assert.Contains(found, sample => sample is null);
            Array.ForEach(slots, slot => file.Add(slot, SampleOf(slot)));
            Assert.All(slots, slot => AssertIs(SampleOf(slot), file.Find(slot)));
        }
    }

    [Fact]
    public void AFileThatEndsEarly_KeepsWhatIsWhole_AndGoesOn()
    {
        FeatureSlot[] slots = [.. Slots(6)];
        Fill(slots);
        byte[] good = File.ReadAllBytes(Place);
        File.WriteAllBytes(Place, good[..^5]);
        using (IFeatureStore file = Open())
        {
            Assert.Contains("5 views are used", Assert.Single(_notes), StringComparison.Ordinal);
            Assert.Null(file.Find(slots[5]));
            file.Add(slots[5], SampleOf(slots[5]));
        }

        Assert.Equal(good, File.ReadAllBytes(Place));
    }

    [Fact]
    public void AnotherKey_StartsAnew()
    {
        Fill([.. Slots(3)]);
        using IFeatureStore other = FeatureFile.Open(Place, new('b', 64), Plenty, Attributes, _notes.Add);
        Assert.Equal(0, ((FeatureFile)other).Count);
        Assert.Contains("is built again", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void AFullStore_IsSaidOnce_AndStaysUsable()
    {
        FeatureSlot[] slots = [.. Slots(20)];
        foreach (IFeatureStore store in new[] { FeatureFile.Open(Place, Key, 1000, Attributes, _notes.Add), new FeatureMemory(1000, _notes.Add) })
        {
            _notes.Clear();
            using (store)
            {
                Array.ForEach(slots, slot => store.Add(slot, SampleOf(slot)));
                AssertIs(SampleOf(slots[0]), store.Find(slots[0]));
                Assert.Null(store.Find(slots[19]));
                Assert.Contains("full", Assert.Single(_notes), StringComparison.Ordinal);
            }
        }

        Assert.True(new FileInfo(Place).Length <= 1000);
    }

    [Fact]
    public void ASecondProcess_KeepsItsFeaturesInMemory()
    {
        using IFeatureStore first = Open(), second = Open();
        Assert.IsType<FeatureFile>(first);
        Assert.IsType<FeatureMemory>(second);
        Assert.Contains("used by another process", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatCannotBe_IsNamed()
    {
        _folder.Write("cache", "a file");
        GraftException error = Assert.Throws<GraftException>(Open);
        Assert.Equal(Failure.Runtime, error.Failure);
        Assert.Contains(Place, error.Message, StringComparison.Ordinal);
        Assert.Contains("train.feature_cache_dir", error.Hint, StringComparison.Ordinal);
    }

    private static IEnumerable<FeatureSlot> Slots(int count) => Enumerable.Range(0, count).Select(i => new FeatureSlot(i / 2, i % 3, i % 2 == 1));

    private static FeatureSample SampleOf(FeatureSlot slot)
    {
        Random random = new((slot.Image * 100) + (slot.View * 2) + (slot.Closing ? 1 : 0));
        Targets.Row[] boxes = [.. Enumerable.Range(0, random.Next(4)).Select(i => new Targets.Row(0, i, random.NextSingle(), 1, 2.5f, random.NextSingle())
            { Attributes = i == 0 ? null : Attributes[i % 2] })];
        byte[] maps = new byte[90];
        random.NextBytes(maps);
        return new FeatureSample(boxes, maps);
    }

    private static void AssertIs(FeatureSample expected, FeatureSample? found)
    {
        Assert.NotNull(found);
        Assert.Equal(expected.Boxes, found.Boxes);
        Assert.Equal(expected.Maps, found.Maps);
    }

    private IFeatureStore Open() => FeatureFile.Open(Place, Key, Plenty, Attributes, _notes.Add);

    private void Fill(FeatureSlot[] slots)
    {
        using IFeatureStore file = Open();
        Array.ForEach(slots, slot => file.Add(slot, SampleOf(slot)));
    }
}
