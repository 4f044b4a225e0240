using System.Runtime.CompilerServices;

namespace Graft.Evaluation;

/// <summary>Whether a detection is matched with an annotation, and whether it is ignored, per area range and IoU threshold, as bits.</summary>
internal struct CocoMatches
{
    private Masks _matched;
    private Masks _ignored;

    public readonly bool IsMatched(int area, int threshold) => ((_matched[area] >> threshold) & 1) != 0;

    public readonly bool IsIgnored(int area, int threshold) => ((_ignored[area] >> threshold) & 1) != 0;

    public void Set(int area, int threshold, bool matched, bool ignored)
    {
        _matched[area] |= (ushort)(matched ? 1 << threshold : 0);
        _ignored[area] |= (ushort)(ignored ? 1 << threshold : 0);
    }

    [InlineArray(4)]
    private struct Masks
    {
        private ushort _first;
    }
}
