using Graft.Detectors;

namespace Graft.Tests.Detectors;

[SideBySide]
public class PromptSamplerTests
{
    private static readonly IReadOnlyList<IReadOnlyList<int>> Classes = [[0, 1], [2], [3, 4, 5], [6]];
    private static readonly Targets Boxes = new(3, [Row(0, 2), Row(0, 0), Row(1, 3), Row(0, 2)]);

    [Fact]
    public void EveryBox_IsLabelledWithAPromptOfItsClass()
    {
        SampledPrompts shown = new PromptSampler(Classes, [7, 8, 9], 3).Draw(Boxes);
        for (int i = 0; i < Boxes.Boxes.Count; i++)
        {
            Targets.Row box = shown.Targets.Boxes[i];
            long row = shown.Rows[(box.Image * shown.Count) + box.Label];
            Assert.Contains((int)row, Classes[Boxes.Boxes[i].Label]);
            Assert.Equal(Boxes.Boxes[i] with { Label = box.Label }, box);
        }
    }

    [Fact]
    public void Negatives_AreSampledFromOtherClassesAndFromPromptsWithoutAClass()
    {
        HashSet<long> seen = [];
        for (int step = 0; step < 60; step++)
        {
            SampledPrompts shown = new PromptSampler(Classes, [7, 8, 9], 4).Draw(new Targets(1, [Row(0, 1) with { X1 = step }]));
            Assert.Equal(4, shown.Count);
            Assert.Equal(4, shown.Rows.Distinct().Count());
            Assert.Single(shown.Rows, row => row == 2);
            seen.UnionWith(shown.Rows);
        }

        Assert.Equal(10, seen.Count);
    }

    [Fact]
    public void TheSameBoxes_SampleTheSamePrompts_AndOthersSampleOthers()
    {
        PromptSampler sampler = new(Classes, [7, 8, 9], 3);
        Assert.Equal(sampler.Draw(Boxes).Rows, sampler.Draw(Boxes).Rows);
        Targets moved = new(3, [.. Boxes.Boxes.Select(box => box with { X1 = box.X1 + 0.25f })]);
        Assert.NotEqual(sampler.Draw(Boxes).Rows, sampler.Draw(moved).Rows);
    }

    [Fact]
    public void MoreClassesThanPrompts_AreAllShown_AndShorterListsArePadded()
    {
        Targets many = new(2, [Row(0, 0), Row(0, 1), Row(0, 2), Row(1, 3)]);
        SampledPrompts shown = new PromptSampler(Classes, [], 2).Draw(many);
        Assert.Equal(3, shown.Count);
        Assert.Equal([true, true, true, true, true, false], shown.Real);
        Assert.Equal(shown.Rows[3], shown.Rows[5]);
        Assert.All(shown.Targets.Boxes, box => Assert.InRange(box.Label, 0, 2));
    }

    private static Targets.Row Row(int image, int label) => new(image, label, 1, 2, 30, 40);
}
