namespace Graft.Text;

/// <summary>Token ids of several texts as one padded table.</summary>
/// <param name="Ids">Row-major ids, <see cref="Rows"/>×<see cref="Columns"/>.</param>
/// <param name="Mask">1 where an id belongs to the text, 0 where it is padding; same shape.</param>
/// <param name="Rows">Number of texts.</param>
/// <param name="Columns">Length of the longest.</param>
public sealed record TokenTable(long[] Ids, long[] Mask, int Rows, int Columns)
{
    /// <summary>Pads rows on the right to the longest.</summary>
    public static TokenTable Pad(IReadOnlyList<int[]> rows, int padding)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int columns = rows.Count == 0 ? 0 : rows.Max(r => r.Length);
        long[] ids = new long[rows.Count * columns], mask = new long[rows.Count * columns];
        Array.Fill(ids, padding);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Length; column++)
            {
                (ids[row * columns + column], mask[row * columns + column]) = (rows[row][column], 1);
            }
        }

        return new TokenTable(ids, mask, rows.Count, columns);
    }
}
