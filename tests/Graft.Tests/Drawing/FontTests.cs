using Graft.Drawing;
using Graft.Torch.Images;
using SkiaSharp;

namespace Graft.Tests.Drawing;

[SideBySide]
public sealed class FontTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graft-fonts").FullName;

    [Fact]
    public void AFontIsThere_WithEuropeanLetters()
    {
        Assert.NotNull(Fonts.System.Main);
        Assert.Empty(Fonts.Remarks(["scratch 3", "Öltropfen", "déchirure – 3 µm", "skaza łukowa", "ŻÓŁĆ", "царапина", "≥ 0.5 × …"]));
        Assert.True(Fonts.CanWrite("Lötbrücke"));
    }

    [Theory]
    [InlineData("흠집 3", "fonts-nanum", "흠 집")]
    [InlineData("划痕", "fonts-noto-cjk", "划 痕")]
    [InlineData("きず", "fonts-noto-cjk", "き ず")]
    [InlineData("รอย", "fonts-noto-core", "ร อ ย")]
    public void WhatNoFontHas_IsNamedWithTheDebianPackage(string text, string package, string characters)
    {
        string remark = Assert.Single(Fonts.Remarks(["dent", text, text], OnlyDejaVu()));
        Assert.EndsWith($"Install Debian's {package}.", remark, StringComparison.Ordinal);
        Assert.Contains($"characters {characters}:", remark, StringComparison.Ordinal);
        Assert.False(Fonts.CanWrite(text, OnlyDejaVu()));
    }

    [Fact]
    public void WithoutAnyFont_TheRemarkNamesOneForEachScript()
    {
        string remark = Assert.Single(Fonts.Remarks(["dent", "흠집"], new FontSet([])));
        Assert.EndsWith("Install Debian's fonts-dejavu-core and fonts-nanum.", remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_AreTheNumberWhereTheNameCannotBeWritten()
    {
        string[] names = ["scratch", "划痕", "Öl", " "];
        Assert.Equal("scratch", Canvas.LabelOf(0, names, OnlyDejaVu()));
        Assert.Equal("#1", Canvas.LabelOf(1, names, OnlyDejaVu()));
        Assert.Equal("Öl", Canvas.LabelOf(2, names, OnlyDejaVu()));
        Assert.Equal("#3", Canvas.LabelOf(3, names, OnlyDejaVu()));
        Assert.Equal("#7", Canvas.LabelOf(7, names, OnlyDejaVu()));
    }

    [Fact]
    public void ASingleFont_IsThatOfTheFirstCharacterBeyondAscii()
    {
        FontSet fonts = OnlyDejaVu();
        Assert.Null(Fonts.Single(["scratch", "pin-hole"], fonts));
        Assert.Same(fonts.Main!.Typeface, Fonts.Single(["scratch", "Öl"], fonts));
        Assert.Null(Fonts.Single(["划痕"], fonts));
    }

    [Fact]
    public void EachRunOfCharacters_HasTheFirstFontThatHasThem()
    {
        FontSet fonts = OnlyDejaVu();
        Assert.Equal([new TextRun("Öl ", fonts.Main), new TextRun("划痕", null), new TextRun(" 3", fonts.Main)], fonts.Split("Öl 划痕 3"));
    }

    [Fact]
    public void DecomposedText_IsDrawnAsComposed()
    {
        // macOS writes file names in this form.
        Assert.Equal("Öl", string.Concat(OnlyDejaVu().Split("O\u0308l").Select(run => run.Text)));
        Assert.Equal("흠집", string.Concat(OnlyDejaVu().Split("\u1112\u1173\u11B7\u110C\u1175\u11B8").Select(run => run.Text)));
    }

    [Theory]
    [InlineData("a\nb\tc\u200Bd", "a b cd")]
    [InlineData("", "")]
    public void InvisibleCharacters_AreSkipped(string text, string drawn)
        => Assert.Equal(drawn, string.Concat(OnlyDejaVu().Split(text).Select(run => run.Text)));

    [Fact]
    public void HalfACharacter_IsReplaced() => Assert.Equal("x\uFFFDy", string.Concat(OnlyDejaVu().Split("x" + '\uD800' + "y").Select(run => run.Text)));

    [Fact]
    public void WithoutAFont_BoxesAreDrawnAsWideAsMeasured()
    {
        FontSet none = new([]);
        double width = TextPainter.Measure("흠집", 40, fonts: none);
        Assert.InRange(width, 40, 80);
        using Image image = new(100, 60, Colour.Grey(255), channels: 1);
        Surface.Blend(image, SKRectI.Create(100, 60), Ink.Black, canvas => TextPainter.Draw(canvas, "흠집", 10, 30, 40, SKColors.White, fonts: none));
        int[] dark = [.. Enumerable.Range(0, 100).Where(x => Enumerable.Range(0, 60).Any(y => image.Row(y)[x] < 128))];
        Assert.InRange(dark[0], 10, 14);
        Assert.InRange(dark[^1], 10 + width - 4, 10 + width);
    }

    [Fact]
    public void FilesThatAreNotFonts_AreSkipped()
    {
        string broken = Path.Combine(_folder, "DejaVuSans.ttf");
        File.WriteAllText(broken, "no font");
        File.WriteAllText(Path.Combine(_folder, "readme.txt"), "text");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "loop"), _folder);
        IReadOnlyList<string> files = FontFolders.Files([_folder, Path.Combine(_folder, "missing")]);
        Assert.Equal(broken, files[0]);
        Assert.All(files, file => Assert.EndsWith(".ttf", file, StringComparison.Ordinal));
        FontSet fonts = new(files);
        Assert.Null(fonts.Main);
        Assert.Null(fonts.For('a'));
        Assert.True(TextPainter.Measure("a", 10, fonts: fonts) > 0);
    }

    [Fact]
    public void RegularSansSerifFonts_AreAskedFirst()
    {
        string[] names = ["ZSerif.ttf", "Zeta-Bold.ttf", "Zeta.otf", "NanumGothic.ttf", "DejaVuSansMono.ttf", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(_folder, name), string.Empty);
        }

        IReadOnlyList<string> files = FontFolders.Files([_folder, _folder]);
        Assert.Equal(["DejaVuSans.ttf", "NanumGothic.ttf", "Zeta.otf"], files.Take(3).Select(Path.GetFileName));
        Assert.Equal(names.Length, files.Count);
        Assert.Equal("DejaVuSans-Bold.ttf", Path.GetFileName(FontFolders.BoldOf(files[0], files)));
        Assert.Null(FontFolders.BoldOf(files[1], files));
    }

    [Theory]
    [InlineData(false, "abcdefgh…")]
    [InlineData(true, "…stuvwxyz")]
    public void TextThatIsTooWide_LosesItsEndOrItsBeginning(bool keepEnd, string like)
    {
        const string Text = "abcdefghijklmnopqrstuvwxyz";
        string shown = TextPainter.Fit(Text, 20, TextPainter.Measure(like, 20) + 4, keepEnd);
        Assert.InRange(shown.Length, like.Length - 3, like.Length + 3);
        Assert.Equal(keepEnd ? '…' : 'a', shown[0]);
        Assert.Equal(keepEnd ? 'z' : '…', shown[^1]);
        Assert.Equal(Text, TextPainter.Fit(Text, 20, 1000));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static FontSet OnlyDejaVu() => new([Fonts.System.Main!.Path]);
}
