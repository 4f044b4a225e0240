using System.Text;

namespace Graft.Tests.Text;

/// <summary>Makes strings that are rare for tokenizers: accents, CJK, emoji, control characters, lone surrogates, very long
/// words.</summary>
internal sealed class StringMaker(int seed)
{
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x20, 0x7E), (0x20, 0x7E), (0x00, 0x1F), (0x7F, 0xA0), (0xA1, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x0900, 0x0DFF),
        (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2100, 0x22FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
        (0xF900, 0xFAFF), (0xFE00, 0xFFFF), (0x10330, 0x1034F), (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0x10FF00, 0x10FFFF),
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        int kind = _random.Next(100);
        int length = kind == 0 ? _random.Next(2_000, 6_000) : _random.Next(0, 40);
        StringBuilder text = new(length);
        (int First, int Last) range = Pick();
        for (int i = 0; i < length; i++)
        {
            if (kind > 60)
            {
                range = Pick();                             // each character from another block
            }

            int point = _random.Next(range.First, range.Last + 1);
            if (kind == 1 && _random.Next(10) == 0)
            {
                text.Append((char)_random.Next(0xD800, 0xE000));
            }
            else
            {
                text.Append(new Rune(point).ToString());
            }

            if (kind is > 1 and <= 40 && _random.Next(8) == 0)
            {
                text.Append(' ');
            }
        }

        return text.ToString();
    }

    private (int First, int Last) Pick() => Ranges[_random.Next(Ranges.Length)];
}
