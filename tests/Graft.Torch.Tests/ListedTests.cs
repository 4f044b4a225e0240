using System.Text;

namespace Graft.Torch.Tests;

/// <summary>Lists of names in messages.</summary>
public sealed class ListedTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a b", "a and b")]
    [InlineData("a b c", "a, b and c")]
    public void All_NamesEveryOne(string names, string expected)
        => Assert.Equal(expected, Listed.All(names.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData(2, ", ", "a, b and 1 more")]
    [InlineData(3, ", ", "a, b, c")]
    [InlineData(1, " ", "a and 2 more")]
    [InlineData(3, " ", "a b c")]
    public void First_CountsTheOthers(int shown, string separator, string expected)
        => Assert.Equal(expected, Listed.First(["a", "b", "c"], shown, separator));

    [Fact]
    public void Append_WritesALineForEach_AndCountsTheOthers()
    {
        StringBuilder text = new();
        Listed.Append(text, ["a", "b", "c"], 2);
        Listed.Append(text, ["d"], 1);
        Assert.Equal(["    a", "    b", "    … and 1 more", "    d", ""], text.ToString().Split(Environment.NewLine));
    }
}
