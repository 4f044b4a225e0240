using System.Text.Json;
using System.Text.Json.Nodes;

namespace Graft.VisionLanguage;

/// <summary>Scores of an evaluation, 0..1, and the counts of its rows.</summary>
public sealed record PanoramaScores
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Rows of the file.</summary>
    public int Samples { get; init; }

    /// <summary>Rows with an answer and a reference, which are scored.</summary>
    public int Scored { get; init; }

    /// <summary>Empty answers; they score zero.</summary>
    public int Empty { get; init; }

    /// <summary>Answers without a reference.</summary>
    public int WithoutReference { get; init; }

    /// <summary>Rows that failed; they are not scored.</summary>
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
