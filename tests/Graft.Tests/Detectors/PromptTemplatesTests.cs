using Graft.Detectors;

namespace Graft.Tests.Detectors;

/// <summary>Prompts of single boxes: every box is named by a text that is true of it, and no text that is true of a box is shown as absent.</summary>
[SideBySide]
public class PromptTemplatesTests
{
    private static readonly string[] Templates = ["{tone} {name}", "{shape}"], Names = ["scratch", "hole"];
    private static readonly Dictionary<string, string> BrightLine = Attributes("bright", "thin line"), DarkLine = Attributes("dark", "thin line"), DarkSpot = Attributes("dark", "round spot");

    [Fact]
    public void Texts_AreFilledForEveryClassAndAllAttributesOfTheData()
        => Assert.Equal(
            ["bright hole", "bright scratch", "dark hole", "dark scratch", "round spot", "thin line"], OfShare(1).Texts.Order(StringComparer.Ordinal));

    [Fact]
    public void ATemplate_WithoutItsAttribute_HasNoText()
    {
        Assert.Null(PromptTemplates.Fill("{tone} {name} on {material}", "scratch", BrightLine));
        Assert.Equal("a bright scratch {", PromptTemplates.Fill("a {tone} {name} {", "scratch", BrightLine));
    }

    [Fact]
    public void EveryBox_IsNamedByATextOfItsOwn_AndFalseTextsAreAbsent()
    {
        PromptTemplates templates = OfShare(1);
        Dictionary<long, string> texts = templates.Texts.Select((text, i) => (Row: 10L + i, text)).ToDictionary(entry => entry.Row, entry => entry.text);
        PromptSampler sampler = new([[0], [1]], [], 4, templates);
        HashSet<string> seen = [], shownFalse = [];
        for (int step = 0; step < 200; step++)
        {
            Targets boxes = new(1, [Row(0, BrightLine, step), Row(0, DarkLine, step), Row(1, DarkSpot, step)]);
            SampledPrompts shown = sampler.Draw(boxes);
            string[] prompts = [.. Enumerable.Range(0, shown.Count).Where(i => shown.Real[i]).Select(i => texts[shown.Rows[i]])];
            for (int i = 0; i < 3; i++)
            {
                string text = prompts[shown.Targets.Boxes[i].Label];
                Assert.Contains(text, TrueOf(boxes.Boxes[i]));
                seen.Add(text);
            }

            string[] named = [.. shown.Targets.Boxes.Select(box => prompts[box.Label])];
            foreach (string text in prompts.Except(named))
            {
                Assert.DoesNotContain(text, boxes.Boxes.SelectMany(TrueOf));
                shownFalse.Add(text);
            }

            Assert.Equal(prompts.Length, prompts.Distinct().Count());
        }

        Assert.Equal(["bright scratch", "dark hole", "dark scratch", "round spot", "thin line"], seen.Order(StringComparer.Ordinal));
        Assert.Equal(["bright hole"], shownFalse);
    }

    [Fact]
    public void BoxesWithoutAttributes_AreNamedByTheirClass()
    {
        SampledPrompts shown = new PromptSampler([[0], [1]], [], 2, OfShare(1)).Draw(new Targets(1, [Row(0, BrightLine, 1), Row(0, null, 2)]));
        Assert.Equal(0, shown.Rows[shown.Targets.Boxes[0].Label]);
        Assert.Equal(0, shown.Rows[shown.Targets.Boxes[1].Label]);
    }

    [Fact]
    public void TheShare_SaysHowManyClassesAreDescribed()
    {
        PromptSampler sampler = new([[0], [1]], [], 2, OfShare(0.25));
        int described = Enumerable.Range(0, 2000).Count(step =>
        {
            SampledPrompts shown = sampler.Draw(new Targets(1, [Row(1, DarkSpot, step)]));
            return shown.Rows[shown.Targets.Boxes[0].Label] >= 10;
        });
        Assert.InRange(described, 400, 600);
    }

    private static PromptTemplates OfShare(double share) => new(Templates, share, Names, [(0, BrightLine), (0, DarkLine), (1, DarkSpot)], 10);

    private static string[] TrueOf(Targets.Row box) => [$"{box.Attributes!["tone"]} {Names[box.Label]}", box.Attributes["shape"]];

    private static Dictionary<string, string> Attributes(string tone, string shape) => new() { ["tone"] = tone, ["shape"] = shape };

    private static Targets.Row Row(int label, Dictionary<string, string>? attributes, int step)
        => new(0, label, step, 2, 30, 40 + label) { Attributes = attributes };
}
