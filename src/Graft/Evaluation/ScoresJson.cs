using System.Text.Json.Nodes;

namespace Graft.Evaluation;

/// <summary>COCO numbers under the field names that scripts read.</summary>
public static class ScoresJson
{
    /// <summary>The twelve numbers and each class.</summary>
    public static JsonObject Of(CocoScores scores) => new()
    {
        ["map"] = scores.Map, ["map50"] = scores.Map50, ["map75"] = scores.Map75,
        ["map_s"] = scores.MapSmall, ["map_m"] = scores.MapMedium, ["map_l"] = scores.MapLarge,
        ["mar_1"] = scores.Mar1, ["mar_10"] = scores.Mar10, ["mar_100"] = scores.Mar100,
        ["mar_s"] = scores.MarSmall, ["mar_m"] = scores.MarMedium, ["mar_l"] = scores.MarLarge,
        ["per_class"] = new JsonArray([.. scores.PerClass.Select(one => (JsonNode)new JsonObject
        {
            ["name"] = one.Name, ["ap"] = one.Ap, ["ap50"] = one.Ap50,
        })]),
    };
}
