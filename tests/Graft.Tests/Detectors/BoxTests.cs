using Graft.Detectors;

namespace Graft.Tests.Detectors;

[SideBySide]
public class BoxTests
{
    [Theory]
    [InlineData(2, 1, 6, 5, 2 * 3)]
    [InlineData(4, 0, 8, 3, 0)]
    [InlineData(9, 9, 10, 10, 0)]
    [InlineData(3, 3, 1, 1, 0)]
    public void Intersection_IsTheSharedArea(double x1, double y1, double x2, double y2, double shared)
    {
        Box box = new(0, 0, 4, 4), other = new(x1, y1, x2, y2);
        Assert.Equal(shared, box.Intersection(other));
        Assert.Equal(shared, other.Intersection(box));
        Assert.Equal(shared == 0 ? 0 : shared / (16 + other.Area - shared), box.IntersectionOverUnion(other));
    }
}
