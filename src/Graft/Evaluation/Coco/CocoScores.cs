using System.Text.Json.Serialization;

namespace Graft.Evaluation;

/// <summary>The twelve COCO metrics, 0..1, −1 where undefined; written as JSON under the names that scripts use, null for −1.</summary>
public sealed record CocoScores
{
    /// <summary>Mean average precision at IoU 0.50:0.95.</summary>
    [JsonPropertyName("map")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double Map { get; init; }

    /// <summary>Mean average precision at IoU 0.50.</summary>
    [JsonPropertyName("map50")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double Map50 { get; init; }

    /// <summary>Mean average precision at IoU 0.75.</summary>
    [JsonPropertyName("map75")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double Map75 { get; init; }

    /// <summary>Mean average precision of objects up to 32² pixels.</summary>
    [JsonPropertyName("map_s")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double MapSmall { get; init; }

    /// <summary>Mean average precision of objects from 32² to 96² pixels.</summary>
    [JsonPropertyName("map_m")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double MapMedium { get; init; }

    /// <summary>Mean average precision of objects from 96² pixels.</summary>
    [JsonPropertyName("map_l")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double MapLarge { get; init; }

    /// <summary>Mean average recall with 1 detection per image and class.</summary>
    [JsonPropertyName("mar_1")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double Mar1 { get; init; }

    /// <summary>Mean average recall with 10 detections per image and class.</summary>
    [JsonPropertyName("mar_10")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double Mar10 { get; init; }

    /// <summary>Mean average recall with 100 detections per image and class.</summary>
    [JsonPropertyName("mar_100")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double Mar100 { get; init; }

    /// <summary>Mean average recall of objects up to 32² pixels.</summary>
    [JsonPropertyName("mar_s")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double MarSmall { get; init; }

    /// <summary>Mean average recall of objects from 32² to 96² pixels.</summary>
    [JsonPropertyName("mar_m")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double MarMedium { get; init; }

    /// <summary>Mean average recall of objects from 96² pixels.</summary>
    [JsonPropertyName("mar_l")]
    [JsonConverter(typeof(UndefinedAsNull))]
    public required double MarLarge { get; init; }

    /// <summary>The classes in label order.</summary>
    [JsonPropertyName("per_class")]
    public required IReadOnlyList<CocoClassScores> PerClass { get; init; }

    /// <summary>Number of detections whose class is not evaluated; they are ignored.</summary>
    [JsonPropertyName("results_of_other_classes")]
    public int ResultsOfOtherClasses { get; init; }

    /// <summary>Precision, recall and scores behind the metrics.</summary>
    [JsonIgnore]
    public CocoCurves Curves { get; init; } = new(0);

    internal static CocoScores Summarize(CocoCurves curves, IReadOnlyList<CocoClassScores> perClass, int others)
    {
        int all = CocoProtocol.AllAreas;
        int most = CocoProtocol.MaxDetections.Count - 1;
        return new CocoScores
        {
            Map = Precision(curves, null, null, all),
            Map50 = Precision(curves, 0, null, all),
            Map75 = Precision(curves, 5, null, all),
            MapSmall = Precision(curves, null, null, 1),
            MapMedium = Precision(curves, null, null, 2),
            MapLarge = Precision(curves, null, null, 3),
            Mar1 = Recall(curves, null, all, 0),
            Mar10 = Recall(curves, null, all, 1),
            Mar100 = Recall(curves, null, all, most),
            MarSmall = Recall(curves, null, 1, most),
            MarMedium = Recall(curves, null, 2, most),
            MarLarge = Recall(curves, null, 3, most),
            PerClass = perClass,
            ResultsOfOtherClasses = others,
            Curves = curves,
        };
    }

    /// <summary>Mean precision over recall levels, and over thresholds and classes where null is given.</summary>
    internal static double Precision(CocoCurves curves, int? threshold, int? label, int area)
    {
        int most = CocoProtocol.MaxDetections.Count - 1;
        return Mean(curves, threshold, label, (t, k) => Enumerable.Range(0, CocoProtocol.RecallThresholds.Count)
            .Select(r => curves.Precision(t, r, k, area, most)));
    }

    /// <summary>Mean highest recall over thresholds, and over classes where null is given.</summary>
    internal static double Recall(CocoCurves curves, int? label, int area, int limit)
        => Mean(curves, null, label, (t, k) => [curves.Recall(t, k, area, limit)]);

    private static double Mean(CocoCurves curves, int? threshold, int? label, Func<int, int, IEnumerable<double>> entries)
    {
        double sum = 0;
        int count = 0;
        for (int t = threshold ?? 0; t <= (threshold ?? (CocoProtocol.IouThresholds.Count - 1)); t++)
        {
            for (int k = label ?? 0; k <= (label ?? (curves.Classes - 1)); k++)
            {
                foreach (double value in entries(t, k).Where(value => value > -1))
                {
                    sum += value;
                    count++;
                }
            }
        }

        return count > 0 ? sum / count : -1;
    }
}
