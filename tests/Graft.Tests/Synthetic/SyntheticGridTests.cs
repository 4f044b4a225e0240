using System.Text.Json;
using Graft.Detectors;
using Graft.Synthetic;

namespace Graft.Tests.Synthetic;

/// <summary>Every defect on every material, against recorded boxes, attributes and mean colours of 6 × 6 parts of the image.</summary>
[SideBySide]
public class SyntheticGridTests
{
    private const int Margin = 4;
    private const int Parts = 6;
    private const int Side = (SyntheticImage.Size - (2 * Margin)) / Parts;

    private static readonly JsonElement[] Golden = [.. JsonDocument.Parse(File.ReadAllText(Shared.Golden("synthetic", "grid.json"))).RootElement.EnumerateArray()];

    public static TheoryData<string> Materials => [.. SyntheticVocabulary.Materials];

    [Fact]
    public void Golden_HasEveryDefectOnEveryMaterial()
    {
        string[] known = [.. from material in SyntheticVocabulary.Materials from one in SyntheticVocabulary.Classes select $"{material}: {one.Name}"];
        Assert.Equal(known, Golden.Select(one => $"{one.GetProperty("material").GetString()}: {one.GetProperty("name").GetString()}"));
    }

    [Theory]
    [MemberData(nameof(Materials))]
    public void EveryDefect_IsDrawnAsRecorded(string material)
    {
        foreach (JsonElement expected in Golden.Where(one => one.GetProperty("material").GetString() == material))
        {
            string name = expected.GetProperty("name").GetString()!;
            SyntheticGenerator generator = new(new SyntheticOptions { Classes = [name], Materials = [material] });
            SyntheticImage image = generator.Draw(expected.GetProperty("seed").GetUInt64());
            JsonElement[] objects = [.. expected.GetProperty("objects").EnumerateArray()];
            Assert.Equal(objects.Length, image.Objects.Count);
            foreach ((JsonElement known, SyntheticObject drawn) in objects.Zip(image.Objects))
            {
                Assert.Equal((name, Text(known, "tone"), Text(known, "shape")), (drawn.Class.Name, drawn.Tone, drawn.Shape));
                int[] box = [.. known.GetProperty("box").EnumerateArray().Select(side => side.GetInt32())];
                Box expectedBox = Box.FromSize(box[0], box[1], box[2], box[3]);
                Assert.True(Farthest(expectedBox, drawn.Box) <= 1, $"{name} on {material}: {drawn.Box} instead of {expectedBox}");
            }

            double[] means = [.. expected.GetProperty("means").EnumerateArray().Select(value => value.GetDouble())];
            double[] actual = Means(image.Rgb);
            for (int i = 0; i < means.Length; i++)
            {
                Assert.True(Math.Abs(means[i] - actual[i]) < 0.1, $"{name} on {material}: part {i / 3} has {actual[i]:f2} instead of {means[i]}");
            }
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static double Farthest(Box a, Box b)
        => new[] { a.X1 - b.X1, a.Y1 - b.Y1, a.X2 - b.X2, a.Y2 - b.Y2 }.Max(Math.Abs);

    /// <summary>The mean of each colour in each part, row by row; the outermost pixels are left out.</summary>
    private static double[] Means(byte[] rgb)
    {
        double[] means = new double[Parts * Parts * 3];
        for (int y = 0; y < Parts * Side; y++)
        {
            for (int i = 0; i < Parts * Side * 3; i++)
            {
                int part = ((y / Side) * Parts) + (i / 3 / Side);
                means[(part * 3) + (i % 3)] += rgb[((((y + Margin) * SyntheticImage.Size) + Margin) * 3) + i] / (double)(Side * Side);
            }
        }

        return means;
    }
}
