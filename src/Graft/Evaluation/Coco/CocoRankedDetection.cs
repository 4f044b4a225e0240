namespace Graft.Evaluation;

/// <summary>A detection that has been matched; sorts by score, best first, equal scores by position.</summary>
/// <param name="Score">Confidence.</param>
/// <param name="Position">Place in the list of all images' detections, images by id and each best first.</param>
/// <param name="Image">Place of its image among the sorted ids.</param>
/// <param name="Rank">Place within its image, 0 for the best.</param>
/// <param name="Matches">Whether it is a true positive, per area range and IoU threshold.</param>
internal readonly record struct CocoRankedDetection(double Score, int Position, int Image, int Rank, CocoMatches Matches) : IComparable<CocoRankedDetection>
{
    public int CompareTo(CocoRankedDetection other)
    {
        int order = other.Score.CompareTo(Score);
        return order != 0 ? order : Position.CompareTo(other.Position);
    }
}
