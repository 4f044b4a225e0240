namespace Graft.Files.Tests;

[SideBySide]
public sealed class CsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_QuotesWhatNeedsIt_AndIsReadBack()
    {
        string[] cells = ["plain", "with, comma", "with \"quotes\"", "two\nlines", "划痕"];
        string text = Csv.Write([cells, ["1", "2", "3", "4", "5"]]);
        Assert.Equal("plain,\"with, comma\",\"with \"\"quotes\"\"\",\"two\nlines\",划痕\n1,2,3,4,5\n", text);
        IReadOnlyList<CsvLine> lines = Read(text);
        Assert.Equal(cells, lines[0].Cells);
        Assert.Equal((1, 3), (lines[0].Number, lines[1].Number));
    }

    [Fact]
    public void Read_TakesPaddingBlankLinesAndStrayQuotes()
    {
        IReadOnlyList<CsvLine> lines = Read("url , query\r\n\r\na.png, \"left, right\" \r\nb.png,a \"big\" sofa\r\n");
        Assert.Equal([["url", "query"], ["a.png", "left, right"], ["b.png", "a \"big\" sofa"]], lines.Select(line => line.Cells));
        Assert.Equal([1, 3, 4], lines.Select(line => line.Number));
    }

    [Fact]
    public void Cells_KeepTheirSpaces_WhereTheyAreText()
        => Assert.Equal([["prompt"], [" a dent "]], Csv.Read(_folder.Write("texts.csv", "prompt\n a dent \n"), "texts", trim: false).Select(line => line.Cells));

    [Theory]
    [InlineData("a,b\n1,\"2\n3,4\n", "line 2 has a quoted value that does not end")]
    [InlineData("a,b\n\"", "line 2 has a quoted value that does not end")]
    public void QuoteThatDoesNotEnd_IsRefusedWithItsLine(string text, string expected)
    {
        GraftException error = Assert.Throws<GraftException>(() => Read(text));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<CsvLine> Read(string text) => Csv.Read(_folder.Write("table.csv", text), "a table", trim: true);
}
