using Graft.Detectors;

namespace Graft.Tests.Detectors;

public class VocabularyTests
{
    /// <summary>Models trained with stand-ins hold exactly these numbers.</summary>
    [Fact]
    public void StandIns_StayTheSame()
        => Assert.Equal([0.33181173f, -0.8458901f, -0.37937102f, 0.17449497f], Vocabulary.StandIn(["scratch"], 4).Embeddings!);
}
