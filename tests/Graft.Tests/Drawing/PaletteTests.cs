using Graft.Drawing;

namespace Graft.Tests.Drawing;

[SideBySide]
public class PaletteTests
{
    [Fact]
    public void FirstFortyColours_AreDifferent()
        => Assert.Equal(40, Enumerable.Range(0, 40).Select(Palette.Of).Distinct().Count());

    [Fact]
    public void LabelText_ReadsOnEveryColour()
    {
        for (int label = -1; label < 100; label++)
        {
            Ink ink = Palette.Of(label);
            double lighter = Math.Max(ink.Luminance, ink.Contrast.Luminance);
            double darker = Math.Min(ink.Luminance, ink.Contrast.Luminance);
            Assert.True((lighter + 0.05) / (darker + 0.05) >= 2.9, $"{label}: {ink.Hex}");
        }
    }

    [Fact]
    public void Mix_GoesFromOneToTheOther()
    {
        Assert.Equal("#ffffff", Ink.Black.Mix(Ink.White, 1).Hex);
        Assert.Equal(Ink.Black, Ink.Black.Mix(Ink.White, 0));
        Assert.Equal(new Ink(136, 136, 136), Ink.Black.Mix(Ink.White, 0.5));
    }
}
