using SkiaSharp;

namespace Graft.Runtime.Drawing;

/// <summary>Letters of 5 × 7 pixels with up to two rows below the line, for machines without fonts, as many containers are.</summary>
internal static class PixelFont
{
    /// <summary>Columns and rows of a letter with the space around it.</summary>
    public const int Advance = 6, Height = 9;

    private const int Columns = 5;
    private const char First = ' ';
    private const string Unknown = "VHHHHHV";

    // From space to tilde: rows from top to bottom as base-32 digits, the highest bit on the left.
    private static readonly string[] Glyphs = (
        "0000000 4444404 AAA0000 AAVAVAA 4FKE5U4 OP248J3 CIK8LID 4400000 2488842 8422248 04LEL40 044V440 000006240 000V000 00000CC 01248G0 "
        + "EHJLPHE 4C4444E EH1248V V2421HE 26AIV22 VGU11HE 68GUHHE V124888 EHHEHHE EHHF12C 0CC0CC0 0CC0C48 248G842 00V0V00 8421248 EH12404 "
        + "EH1DLLE AEHHVHH UHHUHHU EHGGGHE SIHHHIS VGGUGGV VGGUGGG EHGNHHF HHHVHHH E44444E 72222IC HIKOKIH GGGGGGV HRLLHHH HHPLJHH EHHHHHE "
        + "UHHUGGG EHHHLID UHHUKIH FGGE11U V444444 HHHHHHE HHHHHA4 HHHLLLA HHA4AHH HHHA444 V1248GV E88888E 0G84210 E22222E 4AH0000 000000V "
        + "8420000 00E1FHF GGMPHHU 00EGGHE 11DJHHF 00EHVGE 698S888 00FHHHF1E GGMPHHH 40C444E 2062222IC GGIKOKI C44444E 00QLLHH 00MPHHH 00EHHHE "
        + "00UHHHUGG 00FHHHF11 00MPGGG 00FGE1U 88S8896 00HHHJD 00HHHA4 00HHLLA 00HA4AH 00HHHHF1E 00V248V 2448442 4444444 8442448 008L200").Split(' ');

    /// <summary>Draws a line of text; a letter that is not ASCII becomes a frame.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="text">The text.</param>
    /// <param name="x">Left edge.</param>
    /// <param name="y">Upper edge.</param>
    /// <param name="scale">Image pixels per pixel of a letter.</param>
    /// <param name="paint">Colour.</param>
    public static void Draw(SKCanvas canvas, string text, float x, float y, int scale, SKPaint paint)
    {
        foreach (System.Text.Rune letter in text.EnumerateRunes())
        {
            string rows = letter.Value - First is int index and >= 0 && index < Glyphs.Length ? Glyphs[index] : Unknown;
            for (int row = 0; row < rows.Length; row++)
            {
                int bits = rows[row] <= '9' ? rows[row] - '0' : rows[row] - 'A' + 10;
                for (int column = 0; column < Columns; column++)
                {
                    if (((bits >> (Columns - 1 - column)) & 1) != 0)
                    {
                        canvas.DrawRect(x + (column * scale), y + (row * scale), scale, scale, paint);
                    }
                }
            }

            x += Advance * scale;
        }
    }

    /// <summary>Width of a text.</summary>
    public static int Measure(string text, int scale) => Advance * scale * text.EnumerateRunes().Count();
}
