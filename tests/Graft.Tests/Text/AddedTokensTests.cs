using Graft.Text;

namespace Graft.Tests.Text;

[SideBySide]
public sealed class AddedTokensTests
{
    [Fact]
    public void LongestToken_WinsAtTheLeftmostPosition()
    {
        AddedTokens tokens = Of(new(1, "<a>", true), new(2, "<a><b>", true), new(3, "<b>", true));
        Assert.Equal(["x", "#2", "#3", "y", "#1"], Cut(tokens, "x<a><b><b>y<a>"));
    }

    [Fact]
    public void Stripping_SwallowsWhiteSpaceOnItsSide()
    {
        AddedTokens tokens = Of(new(1, "<l>", true, StripsLeft: true), new(2, "<r>", true, StripsRight: true));
        Assert.Equal(["a", "#1", " b ", "#2", "c"], Cut(tokens, "a  <l> b <r>  c"));
    }

    [Fact]
    public void WholeWord_IsNotFoundInsideAnother()
    {
        AddedTokens tokens = Of(new AddedToken(1, "cat", true, WholeWord: true));
        Assert.Equal(["concat ", "#1", " cats"], Cut(tokens, "concat cat cats"));
    }

    [Fact]
    public void TwoIdsForOneText_AreRefused()
        => Assert.Throws<GraftException>(() => Of(new(1, "<a>", true), new(2, "<a>", true)));

    private static AddedTokens Of(params AddedToken[] tokens)
    {
        AddedTokens added = new();
        foreach (AddedToken token in tokens)
        {
            added.Add(token);
        }

        return added;
    }

    private static string[] Cut(AddedTokens tokens, string text)
        => [.. tokens.Cut(text).Select(piece => piece.Token is null ? piece.Plain : $"#{piece.Token.Id}")];
}
