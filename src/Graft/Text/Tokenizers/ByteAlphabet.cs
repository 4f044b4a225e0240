namespace Graft.Text;

/// <summary>The GPT-2 byte alphabet: every byte has one visible character, so that vocabularies can be text files.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Symbols = BuildSymbols();
    private static readonly Dictionary<char, byte> Bytes = BuildBytes();

    /// <summary>The 256 bytes in the order in which the alphabet lists them: the visible ones, then the remapped ones.</summary>
    public static IEnumerable<byte> InOrder
        => Enumerable.Range(0, 256).Where(IsVisible).Concat(Enumerable.Range(0, 256).Where(b => !IsVisible(b))).Select(b => (byte)b);

    public static char Symbol(byte value) => Symbols[value];

    public static bool TryByte(char symbol, out byte value) => Bytes.TryGetValue(symbol, out value);

    private static bool IsVisible(int value) => value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);

    private static char[] BuildSymbols()
    {
        char[] symbols = new char[256];
        int moved = 0x100;
        for (int value = 0; value < 256; value++)
        {
            symbols[value] = IsVisible(value) ? (char)value : (char)moved++;
        }

        return symbols;
    }

    private static Dictionary<char, byte> BuildBytes()
    {
        Dictionary<char, byte> bytes = new(256);
        for (int value = 0; value < 256; value++)
        {
            bytes[Symbols[value]] = (byte)value;
        }

        return bytes;
    }
}
