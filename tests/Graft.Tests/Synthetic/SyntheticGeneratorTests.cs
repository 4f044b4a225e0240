using System.Text.Json;
using Graft.Detectors;
using Graft.Synthetic;

namespace Graft.Tests.Synthetic;

[SideBySide]
public class SyntheticGeneratorTests
{
    private static readonly SyntheticSplit BaseTest = new("base_test", 500_000, 500);
    private static readonly SyntheticSplit MixedTest = new("mixed_test", 1_300_000, 500)
    {
        Options = new SyntheticOptions { Classes = [.. SyntheticVocabulary.Classes.Select(one => one.Name)] },
    };

    private static readonly SyntheticGenerator Mixed = new(MixedTest.Options);
    private static readonly Lazy<SyntheticImage[]> BaseImages = new(() => DrawMany(BaseTest));

    [Fact]
    public void Images_AgreeWithTheReference()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Shared.Golden("synthetic", "reference.json")));
        int probes = 0;
        int different = 0;
        foreach (JsonElement expected in golden.RootElement.EnumerateArray())
        {
            SyntheticImage image = Mixed.Draw(MixedTest.Offset, expected.GetProperty("index").GetInt32());
            Assert.Equal(expected.GetProperty("material").GetString(), image.Material);
            JsonElement[] objects = [.. expected.GetProperty("objects").EnumerateArray()];
            Assert.Equal(objects.Length, image.Objects.Count);
            foreach ((JsonElement known, SyntheticObject drawn) in objects.Zip(image.Objects))
            {
                double[] box = [.. known.GetProperty("box").EnumerateArray().Select(side => side.GetDouble())];
                Assert.Equal(known.GetProperty("name").GetString(), drawn.Class.Name);
                AssertNear(Box.FromSize(box[0], box[1], box[2], box[3]), drawn.Box, pixels: 1);
            }

            int[] values = [.. expected.GetProperty("probes").EnumerateArray().Select(value => value.GetInt32())];
            for (int i = 0; i < values.Length; i++, probes++)
            {
                (int row, int column) = Math.DivRem(i / 3, 8);
                int at = (((20 + (row * 40)) * SyntheticImage.Size) + 20 + (column * 40)) * 3;
                different += Math.Abs(values[i] - image.Rgb[at + (i % 3)]) > 1 ? 1 : 0;
            }
        }

        // A rounding of sin or exp may change a handful of thresholded pixels; a wrong formula changes thousands.
        Assert.Equal(40 * 64 * 3, probes);
        Assert.InRange(different, 0, 7);
    }

    [Fact]
    public void SameNumber_GivesTheSameBytesAloneAndInABatch()
    {
        SyntheticImage alone = new SyntheticGenerator(new SyntheticOptions()).Draw(BaseTest.Offset, 17);
        Assert.Equal(alone.Rgb, BaseImages.Value[17].Rgb);
        Assert.Equal(alone.Objects, BaseImages.Value[17].Objects);
        Assert.NotEqual(alone.Rgb, BaseImages.Value[18].Rgb);
    }

    [Fact]
    public void Boxes_AreInsideTheImageLargeEnoughAndApart()
    {
        foreach (SyntheticImage image in BaseImages.Value)
        {
            for (int i = 0; i < image.Objects.Count; i++)
            {
                Box box = image.Objects[i].Box;
                Assert.Equal(box, box.Clip(SyntheticImage.Size, SyntheticImage.Size));
                Assert.True(Math.Min(box.Width, box.Height) >= 5, $"{image.Objects[i]}");
                Assert.All(image.Objects.Take(i), other => Assert.True(other.Box.IntersectionOverUnion(box) <= 0.05));
            }
        }
    }

    [Fact]
    public void Classes_AllAppearAndSomeImagesAreClean()
    {
        string[] names = [.. BaseImages.Value.SelectMany(image => image.Objects).Select(item => item.Class.Name)];
        Assert.All(SyntheticVocabulary.Base, known => Assert.InRange(Share(known.Name), 0.06, 0.18));
        Assert.InRange(BaseImages.Value.Count(image => image.Objects.Count == 0) / 500.0, 0.08, 0.16);
        Assert.All(SyntheticVocabulary.Materials, name => Assert.Contains(BaseImages.Value, image => image.Material == name));

        double Share(string wanted) => names.Count(name => name == wanted) / (double)names.Length;
    }

    [Fact]
    public void TheShareOfCleanSurfaces_IsAsAsked_AndKeepsTheirMaterial()
    {
        Assert.Equal(40, Clean(1));
        Assert.InRange(Clean(0.7), 20, 36);
        Assert.InRange(Clean(0), 0, 3);                    // a defect may find no place
        Assert.Equal(
            new SyntheticGenerator(new SyntheticOptions()).Draw(BaseTest.Offset, 3).Material,
            new SyntheticGenerator(new SyntheticOptions { CleanShare = 1 }).Draw(BaseTest.Offset, 3).Material);
        Assert.Throws<GraftException>(() => new SyntheticGenerator(new SyntheticOptions { CleanShare = 1.1 }));

        static int Clean(double share)
        {
            SyntheticGenerator generator = new(new SyntheticOptions { CleanShare = share });
            return Enumerable.Range(0, 40).Count(i => generator.Draw(BaseTest.Offset, i).Objects.Count == 0);
        }
    }

    [Fact]
    public void LastDefect_ChangesTheImageOnlyNearItsBox()
    {
        foreach (SyntheticImage full in BaseImages.Value.Where(p => p.Objects.Count > 1).Take(40))
        {
            SyntheticImage without = DrawFirst(full.Objects.Count - 1);
            Box box = full.Objects[^1].Box;
            int far = 0;
            int near = 0;
            for (int i = 0; i < full.Rgb.Length; i++)
            {
                if (full.Rgb[i] == without.Rgb[i])
                {
                    continue;
                }

                (int y, int x) = Math.DivRem(i / 3, SyntheticImage.Size);
                double reach = 8 + (0.25 * Math.Max(box.Width, box.Height));
                bool isNear = x >= box.X1 - reach && x < box.X2 + reach && y >= box.Y1 - reach && y < box.Y2 + reach;
                far += isNear ? 0 : 1;
                near += isNear ? 1 : 0;
            }

            Assert.Equal(0, far);
            Assert.True(near > 0);

            SyntheticImage DrawFirst(int count) => new SyntheticGenerator(new SyntheticOptions()).DrawUpTo(full.Seed, count);
        }
    }

    [Fact]
    public void Prompts_AreUniqueAcrossClasses()
    {
        string[] words = [.. SyntheticVocabulary.Classes.SelectMany(c => c.Prompts.Concat(c.HeldOutSynonyms).Concat(c.Descriptions))];
        Assert.Equal(words.Length, words.Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 14), SyntheticVocabulary.Classes.Select(c => c.Id));
        Assert.Equal(14, SyntheticVocabulary.Classes.Select(c => c.Name).Distinct().Count());
    }

    [Fact]
    public void Subset_DrawsOnlyWhatWasAsked()
    {
        SyntheticGenerator generator = new(new SyntheticOptions { Classes = ["stain", "scratch"], Materials = ["leather"] });
        Assert.Equal(["scratch", "stain"], generator.Classes.Select(c => c.Name));
        for (int i = 0; i < 20; i++)
        {
            SyntheticImage image = generator.Draw(1, i);
            Assert.Equal("leather", image.Material);
            Assert.All(image.Objects, item => Assert.Contains(item.Class.Name, new[] { "scratch", "stain" }));
        }
    }

    [Fact]
    public void UnknownNames_AreRefusedWithTheKnownOnes()
    {
        GraftException error = Assert.Throws<GraftException>(() => new SyntheticGenerator(new SyntheticOptions { Classes = ["scrach"] }));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("scrach", error.Message, StringComparison.Ordinal);
        Assert.Contains("scratch", error.Hint, StringComparison.Ordinal);
        Assert.Throws<GraftException>(() => new SyntheticGenerator(new SyntheticOptions { Materials = [] }));
    }

    private static SyntheticImage[] DrawMany(SyntheticSplit split)
    {
        SyntheticGenerator generator = new(split.Options);
        SyntheticImage[] images = new SyntheticImage[split.Count];
        Parallel.For(0, split.Count, i => images[i] = generator.Draw(split.Offset, i));
        return images;
    }

    private static void AssertNear(Box expected, Box actual, double pixels)
    {
        Assert.Equal(expected.X1, actual.X1, pixels);
        Assert.Equal(expected.Y1, actual.Y1, pixels);
        Assert.Equal(expected.X2, actual.X2, pixels);
        Assert.Equal(expected.Y2, actual.Y2, pixels);
    }
}
