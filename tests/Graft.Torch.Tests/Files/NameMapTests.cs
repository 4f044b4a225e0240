namespace Graft.Files.Tests;

[SideBySide]
public class NameMapTests
{
    [Theory]
    [InlineData("a.*", "a.b.c", true)]
    [InlineData("a.*", "ab", false)]
    [InlineData("a", "a", true)]
    [InlineData("a", "ab", false)]
    [InlineData("*", "", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("*.bn.*", "x.bn.weight", true)]
    [InlineData("*.bn.*.x", "x.bn.weight", false)]
    public void Star_MatchesAnyText(string pattern, string name, bool fits) => Assert.Equal(fits, NameMap.Fits(pattern, name));

    [Fact]
    public void FirstMatchingRule_Applies()
    {
        NameMap map = new NameMap
        {
            ["model.0.conv.*"] = "stem.first.*",
            ["model.0.*"] = "stem.*",
            ["model.*.m.*.cv1.*"] = "stages.*.blocks.*.first.*",
            ["model.9.*"] = NameMap.Computed,
        };
        Assert.Equal("stem.first.weight", Rename(map, "model.0.conv.weight"));
        Assert.Equal("stem.bn.weight", Rename(map, "model.0.bn.weight"));
        Assert.Equal("stages.2.blocks.1.first.conv.weight", Rename(map, "model.2.m.1.cv1.conv.weight"));
        Assert.Null(Rename(map, "model.9.ramp"));
        Assert.False(map.TryApply("other", out _, out _));
    }

    [Fact]
    public void NumberedStars_AreOptional()
        => Assert.Equal("a.head.weight", Rename(new NameMap { ["*.modules_to_save.*.*"] = "$1.$3" }, "a.head.modules_to_save.default.weight"));

    [Fact]
    public void RuleWithUnequalStars_IsRefused()
        => Assert.Throws<ArgumentException>(() => new NameMap { ["a.*.b.*"] = "c.*" });

    private static string? Rename(NameMap map, string name)
    {
        Assert.True(map.TryApply(name, out _, out NameTarget target));
        return target.Pattern;
    }
}
