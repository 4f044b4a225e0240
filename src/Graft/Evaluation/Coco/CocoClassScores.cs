using System.Text.Json.Serialization;

namespace Graft.Evaluation;

/// <summary>The scores of one class; −1 where it has no objects.</summary>
/// <param name="CategoryId">Number of the class in the annotation file.</param>
/// <param name="Name">Name of the class.</param>
/// <param name="Ap">Average precision at IoU 0.50:0.95.</param>
/// <param name="Ap50">Average precision at IoU 0.50.</param>
/// <param name="Ap75">Average precision at IoU 0.75.</param>
/// <param name="Ar100">Average recall at IoU 0.50:0.95 with 100 detections.</param>
/// <param name="Objects">Objects that count (no crowds).</param>
public sealed record CocoClassScores(
    [property: JsonPropertyName("category_id")] long CategoryId,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("ap"), JsonConverter(typeof(UndefinedAsNull))] double Ap,
    [property: JsonPropertyName("ap50"), JsonConverter(typeof(UndefinedAsNull))] double Ap50,
    [property: JsonPropertyName("ap75"), JsonConverter(typeof(UndefinedAsNull))] double Ap75,
    [property: JsonPropertyName("ar_100"), JsonConverter(typeof(UndefinedAsNull))] double Ar100,
    [property: JsonPropertyName("objects")] int Objects);
