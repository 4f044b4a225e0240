using System.Text;

namespace Graft.Imaging;

/// <summary>Text for OpenCV's built-in font, which knows only ASCII.</summary>
public static class PlainText
{
    private const string Accented =
        "ÀÁÂÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝĂĄĆČĎĘĚĞİŁŃŇŐŘŚŞŠŤŮŰŹŻŽàáâãåçèéêëìíîïñòóôõøùúûýÿăąćčďęěğıłńňőřśşšťůűźżž";
    private const string Base =
        "AAAAACEEEEIIIINOOOOOUUUYAACCDEEGILNNORSSSTUUZZZaaaaaceeeeiiiinooooouuuyyaaccdeegilnnorssstuuzzz";

    /// <summary>The text with accents dropped and umlauts spelled out; null when a letter has no ASCII form.</summary>
    public static string? Fold(string text)
    {
        StringBuilder folded = new(text.Length);
        foreach (char c in text)
        {
            int at = Accented.IndexOf(c, StringComparison.Ordinal);
            string? plain = c switch
            {
                >= ' ' and <= '~' => c.ToString(),
                'ä' => "ae",
                'ö' => "oe",
                'ü' => "ue",
                'ß' => "ss",
                'Ä' => "Ae",
                'Ö' => "Oe",
                'Ü' => "Ue",
                '×' => "x",
                '·' or '•' => "-",
                '–' or '—' or '−' => "-",
                '…' => "...",
                '‘' or '’' => "'",
                '“' or '”' => "\"",
                '≥' => ">=",
                '≤' => "<=",
                'µ' or 'μ' => "u",
                '\u00A0' or '\u202F' or '\u2009' => " ",
                _ when at >= 0 => Base[at].ToString(),
                _ => null,
            };
            if (plain is null)
            {
                return null;
            }

            folded.Append(plain);
        }

        return folded.ToString();
    }

    /// <summary>The folded text, or with unknown letters as question marks.</summary>
    public static string FoldOrMark(string text) => Fold(text) ?? string.Concat(text.Select(c => Fold(c.ToString()) ?? "?"));

    /// <summary>What to write at a box: the class name, or its number where the font cannot write the name.</summary>
    public static string LabelOf(int label, IReadOnlyList<string> names)
        => label >= 0 && label < names.Count && Fold(names[label]) is string name ? name : $"#{label}";
}
