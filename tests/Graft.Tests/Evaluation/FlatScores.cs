using Graft.Evaluation;

namespace Graft.Tests.Evaluation;

/// <summary>Scores of which every one is the same.</summary>
internal static class FlatScores
{
    internal static CocoScores Of(double value, params CocoClassScores[] classes) => new()
    {
        Map = value,
        Map50 = value,
        Map75 = value,
        MapSmall = value,
        MapMedium = value,
        MapLarge = value,
        Mar1 = value,
        Mar10 = value,
        Mar100 = value,
        MarSmall = value,
        MarMedium = value,
        MarLarge = value,
        PerClass = classes,
    };
}
