using CsCheck;

namespace Graft.Tests;

[SideBySide]
public class LawTests
{
    [Fact]
    public void Cases_AreTheSameInEveryRun()
    {
        List<int> first = [], second = [];
        Law.Holds(Gen.Int, first.Add);
        Law.Holds(Gen.Int, second.Add);
        Assert.Equal(first, second);
        Assert.True(first.Distinct().Count() > 100);
    }

    [Fact]
    public void BrokenLaw_IsReportedWithASeedAndASmallCase()
    {
        CsCheckException error = Assert.Throws<CsCheckException>(() => Law.Holds(Gen.Int[0, 1_000_000], number => Assert.True(number < 500)));
        Assert.Contains("seed", error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
