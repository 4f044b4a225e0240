namespace Graft.Evaluation;

/// <summary>A detection with its verdict; sorts best first, equal scores by position.</summary>
/// <param name="Score">Confidence.</param>
/// <param name="Position">Place in the list of all images' detections, images by id and each best first.</param>
/// <param name="Rank">Place within its image, 0 for the best.</param>
/// <param name="Verdict">Right or wrong, per area range and threshold.</param>
internal readonly record struct CocoJudged(double Score, int Position, int Rank, CocoVerdict Verdict) : IComparable<CocoJudged>
{
    public int CompareTo(CocoJudged other)
    {
        int order = other.Score.CompareTo(Score);
        return order != 0 ? order : Position.CompareTo(other.Position);
    }
}
