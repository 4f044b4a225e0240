using Graft.Detectors;
using Graft.Drawing;
using Graft.Torch.Images;

namespace Graft.Tests.Drawing;

[SideBySide]
public class CanvasTests
{
    [Fact]
    public void Places_StayInsideAndApartWhereThereIsRoom()
    {
        Box[] boxes = [new(0, 0, 40, 40), new(250, 0, 300, 30), new(0, 180, 30, 200), new(100, 90, 140, 130), new(104, 92, 142, 131)];
        LabelPlaces places = new(300, 200, boxes);
        Box[] labels = [.. boxes.Select(box => places.Take(box, 60, 16))];
        Assert.All(labels, label => Assert.Equal(label, label.Clip(300, 200)));
        for (int i = 0; i < labels.Length; i++)
        {
            Assert.All(labels.Take(i), other => Assert.Equal(0, other.IntersectionOverUnion(labels[i])));
        }

        Assert.Equal(new Box(100, 74, 160, 90), labels[3]);
    }

    [Fact]
    public void Place_AvoidsWhatAnotherBoxShows()
    {
        Box lower = new(100, 100, 140, 140);
        Box upper = new(100, 70, 140, 98);
        Assert.Equal(new Box(100, 140, 160, 156), new LabelPlaces(300, 200, [lower, upper]).Take(lower, 60, 16));
    }

    [Fact]
    public void UprightText_StandsOnItsStart()
    {
        using Image image = new(60, 200, Colour.Grey(255));
        new Canvas(image).UprightText("HHHH", 30, 180, Ink.Black, 24);
        (int left, int top, int right, int bottom) = Extent(image);
        Assert.InRange((left + right) / 2.0, 27, 33);
        Assert.InRange(bottom, 170, 180);
        Assert.InRange(bottom - top, Canvas.Measure("HHHH", 24) * 0.8, Canvas.Measure("HHHH", 24) + 2);
    }

    [Fact]
    public void Boxes_DrawEdgesInTheColourOfTheClassAndLeaveTheInsideAlone()
    {
        using Image image = new(200, 160, Colour.Grey(128));
        new Canvas(image) { LineWidth = 2 }.Boxes([new DrawnBox(new Box(60, 60, 140, 120), 3, 0.5)], ["a", "b", "c", "spot"]);
        Ink ink = Palette.Of(3);
        Assert.Equal((ink.Blue, ink.Green, ink.Red), At(image, 60, 100));
        Assert.Equal((128, 128, 128), At(image, 100, 90));
        Assert.Equal((128, 128, 128), At(image, 180, 140));
        Assert.Equal((ink.Blue, ink.Green, ink.Red), At(image, 61, 45));
    }

    [Fact]
    public void Text_IsAsWideAsMeasuredAndCentred()
    {
        using Image image = new(300, 60, Colour.Grey(255));
        new Canvas(image).Text("HxH", 50, 30, Ink.Black, size: 30);
        (int left, int top, int right, int bottom) = Extent(image);
        Assert.InRange(left, 49, 56);
        Assert.InRange(right - left, Canvas.Measure("HxH", 30) * 0.75, Canvas.Measure("HxH", 30) + 2);
        Assert.InRange((top + bottom) / 2.0, 28, 32);
        Assert.InRange(bottom - top, 18, 26);
    }

    [Fact]
    public void Text_OutsideTheImageIsCutOff()
    {
        using Image image = new(40, 20, Colour.Grey(255), channels: 1);
        Canvas canvas = new(image);
        canvas.Text("a long text", -30, 10, Ink.Black);
        canvas.Text("a long text", 30, 25, Ink.Black);
        canvas.Text("far away", 500, 500, Ink.Black);
        Assert.Contains(image.Row(10).ToArray(), level => level < 128);
    }

    [Theory]
    [InlineData(320, 240)]
    [InlineData(4000, 3000)]
    public void Labels_StayInsideAndAreLegibleAtEverySize(int width, int height)
    {
        using Image image = new(width, height, Colour.Grey(128));
        Canvas canvas = new(image);
        string name = string.Concat(Enumerable.Repeat("a very long class name ", 40));
        Box box = new(width * 0.9, height * 0.9, width - 1, height - 1);
        canvas.Boxes([new DrawnBox(box, 0, 0.5), new DrawnBox(new Box(0, 0, width * 0.2, height * 0.2), 1)], [name, "dent"]);
        Ink ink = Palette.Of(0);
        int[] columns = [.. Enumerable.Range(0, width).Where(x => Enumerable.Range(0, height).Any(y => At(image, x, y) == (ink.Blue, ink.Green, ink.Red)))];
        Assert.True(columns[0] >= 0 && columns[^1] < width);
        Assert.InRange(canvas.TextSize, Math.Max(12, width / 60.0), height / 12.0);

        // The score at the label's end is drawn: light text in the last part of the label's rows.
        int rows = Enumerable.Range(0, height).Count(y => Enumerable.Range(width * 3 / 4, width / 4).Any(x => At(image, x, y) is { Red: > 190, Green: > 190 }));
        Assert.InRange(rows, 4, canvas.TextSize * 2);
    }

    [Theory]
    [InlineData("scratch 0.91")]
    [InlineData("Öltropfen")]
    [InlineData("царапина")]
    [InlineData("划痕")]
    [InlineData("흠집 3")]
    public void Text_IsAntiAliasedVisibleAndTheSameEveryTime(string text)
    {
        byte[][] drawn = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using Image image = new(200, 40, Colour.Grey(255));
            new Canvas(image).Text(text, 10.3, 20.4, Ink.Black, size: 16);
            return image.Encode(".png");
        })];
        Assert.Equal(drawn[0], drawn[1]);
        using Image shown = Image.Decode(drawn[0]);
        byte[] levels = [.. Enumerable.Range(0, 40).SelectMany(y => shown.Row(y).ToArray())];
        Assert.Contains(levels, level => level < 60);
        Assert.Contains(levels, level => level is > 80 and < 220);
        Assert.True(levels.Distinct().Count() > 8);
    }

    private static (int Blue, int Green, int Red) At(Image image, int x, int y)
    {
        Span<byte> row = image.Row(y);
        return (row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]);
    }

    private static (int Left, int Top, int Right, int Bottom) Extent(Image image)
    {
        int left = image.Width, top = image.Height, right = 0, bottom = 0;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                if (image.Row(y)[3 * x] < 128)
                {
                    (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
                }
            }
        }

        return (left, top, right, bottom);
    }
}
