using System.Text.Json;
using System.Text.Json.Nodes;

namespace Graft.VisionLanguage;

/// <summary>Scores of an evaluation, all in 0..1, and what they were taken over.</summary>
public sealed record PanoramaScores
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Rows of the file.</summary>
    public int Samples { get; init; }

    /// <summary>Rows with an answer and a reference: what the scores are means over.</summary>
    public int Scored { get; init; }

    /// <summary>Empty answers; they count as zero.</summary>
    public int Empty { get; init; }

    /// <summary>Answers that nothing was compared with.</summary>
    public int WithoutReference { get; init; }

    /// <summary>Rows that failed; they are in no score.</summary>
    public IReadOnlyList<PanoramaError> Errors { get; init; } = [];

    /// <summary>Corpus BLEU-4: 13a tokens, exponential smoothing. Null when nothing was scored.</summary>
    public double? Bleu4 { get; init; }

    /// <summary>METEOR with exact and stem matches, without synonyms. Null when nothing was scored.</summary>
    public double? Meteor { get; init; }

    /// <summary>ROUGE-L F-measure of stemmed words. Null when nothing was scored.</summary>
    public double? RougeL { get; init; }

    /// <summary>The fields that scripts read.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Names)!.AsObject();
}
