using CsCheck;
using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

/// <summary>Boxes and letterboxes of any size: mapping is invertible and stays inside the input.</summary>
[SideBySide]
public class GeometryLawTests
{
    private static readonly Gen<int> Side = Gen.Int[1, 5000];
    private static readonly Gen<int> InputSide = Gen.Int[1, 40].Select(tiles => 32 * tiles);

    private static readonly Gen<Letterbox> Letterboxes = Gen.Select(InputSide, InputSide, Gen.Bool, Gen.Bool, Gen.OneOf(0, 32)).Select(
        (width, height, fitFirst, scaleUp, multiple) => new Letterbox(width, height) { FitFirst = fitFirst, ScaleUp = scaleUp, Multiple = multiple });

    private static readonly Gen<Box> Fractions = Gen.Select(Gen.Double.Unit, Gen.Double.Unit, Gen.Double.Unit, Gen.Double.Unit).Select(
        (a, b, c, d) => new Box(Math.Min(a, b), Math.Min(c, d), Math.Max(a, b), Math.Max(c, d)));

    private static readonly Gen<Box> SmallBoxes = Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20], Gen.Int[1, 12], Gen.Int[1, 12]).Select(
        (x, y, width, height) => Box.FromSize(x, y, width, height));

    [Fact]
    public void Letterbox_FitsTheImageAndPadsItAroundItsMiddle()
        => Law.Holds(Gen.Select(Letterboxes, Side, Side), one =>
        {
            (Letterbox letterbox, int width, int height) = one;
            LetterboxPlan plan = letterbox.Plan(width, height);
            Assert.InRange(plan.InnerWidth, 1, letterbox.Width);
            Assert.InRange(plan.InnerHeight, 1, letterbox.Height);
            Assert.InRange(plan.Right - plan.Left, 0, 1);
            Assert.InRange(plan.Bottom - plan.Top, 0, 1);
            if (letterbox.Multiple == 0)
            {
                Assert.Equal((letterbox.Width, letterbox.Height), (plan.Width, plan.Height));
            }
            else
            {
                Assert.InRange(plan.Left + plan.Right, 0, letterbox.Multiple - 1);
                Assert.InRange(plan.Top + plan.Bottom, 0, letterbox.Multiple - 1);
            }
        });

    [Fact]
    public void Letterbox_ThereAndBack_IsTheSameBox()
        => Law.Holds(Gen.Select(Letterboxes, Side, Side, Fractions), one =>
        {
            (Letterbox letterbox, int width, int height, Box fractions) = one;
            LetterboxPlan plan = letterbox.Plan(width, height);
            Box box = fractions.Map(width, height), input = plan.ToInput(box);
            Box back = plan.Fitting.MapBack([(float)input.X1, (float)input.Y1, (float)input.X2, (float)input.Y2]);

            // Single precision of an input pixel, in pixels of the image.
            (double x, double y) = (1e-3 / Math.Min(1, plan.Fitting.ScaleX), 1e-3 / Math.Min(1, plan.Fitting.ScaleY));
            Assert.Equal(box.X1, back.X1, x);
            Assert.Equal(box.Y1, back.Y1, y);
            Assert.Equal(box.X2, back.X2, x);
            Assert.Equal(box.Y2, back.Y2, y);
            Assert.True(input.X1 >= plan.Left - 1e-6 && input.X2 <= plan.Left + plan.InnerWidth + 1e-6, $"{input} leaves the image");
            Assert.True(input.Y1 >= plan.Top - 1e-6 && input.Y2 <= plan.Top + plan.InnerHeight + 1e-6, $"{input} leaves the image");
        });

    [Fact]
    public void Map_IsUndoneByItsInverse()
        => Law.Holds(
            Gen.Select(Fractions, Gen.Double[0.01, 100], Gen.Double[0.01, 100], Gen.Double[-1000, 1000], Gen.Double[-1000, 1000]),
            one =>
            {
                (Box box, double scaleX, double scaleY, double shiftX, double shiftY) = one;
                Box back = box.Map(scaleX, scaleY, shiftX, shiftY).Map(1 / scaleX, 1 / scaleY, -shiftX / scaleX, -shiftY / scaleY);
                Assert.Equal(box.X1, back.X1, 1e-9);
                Assert.Equal(box.Y1, back.Y1, 1e-9);
                Assert.Equal(box.X2, back.X2, 1e-9);
                Assert.Equal(box.Y2, back.Y2, 1e-9);
            });

    [Fact]
    public void Clip_GivesTheSharedPart()
        => Law.Holds(Gen.Select(SmallBoxes, Gen.Int[-10, 10], Gen.Int[-10, 10], Gen.Int[1, 20], Gen.Int[1, 20]), one =>
        {
            (Box box, int shiftX, int shiftY, int width, int height) = one;
            Box moved = box.Map(1, 1, shiftX, shiftY), clipped = moved.Clip(width, height);
            Assert.Equal(clipped, clipped.Clip(width, height));
            Assert.Equal(Pixels(moved).Count(pixel => pixel.X >= 0 && pixel.Y >= 0 && pixel.X < width && pixel.Y < height), clipped.Area);
        });

    [Fact]
    public void IntersectionOverUnion_IsTheShareOfCountedPixels()
        => Law.Holds(Gen.Select(SmallBoxes, SmallBoxes), one =>
        {
            (Box first, Box second) = one;
            HashSet<(int, int)> a = [.. Pixels(first)], b = [.. Pixels(second)];
            Assert.Equal((double)a.Intersect(b).Count() / a.Union(b).Count(), first.IntersectionOverUnion(second), 1e-12);
            Assert.Equal(first.IntersectionOverUnion(second), second.IntersectionOverUnion(first));
            Assert.Equal(1, first.IntersectionOverUnion(first));
        });

    private static IEnumerable<(int X, int Y)> Pixels(Box box)
        => Enumerable.Range((int)box.X1, (int)box.Width).SelectMany(x => Enumerable.Range((int)box.Y1, (int)box.Height).Select(y => (x, y)));
}
