using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft val on COCO result files, against the numbers of the COCO evaluation code.</summary>
public class ValCommandTests
{
    private static readonly (string Golden, string Field)[] Numbers =
    [
        ("AP", "map"), ("AP50", "map50"), ("AP75", "map75"), ("AP_small", "map_s"), ("AP_medium", "map_m"), ("AP_large", "map_l"),
        ("AR_max1", "mar_1"), ("AR_max10", "mar_10"), ("AR_max100", "mar_100"), ("AR_small", "mar_s"), ("AR_medium", "mar_m"), ("AR_large", "mar_l"),
    ];

    [Theory]
    [InlineData("main")]
    [InlineData("class_without_gt")]
    [InlineData("perfect_with_all_ties")]
    public void ResultFiles_GetTheNumbersOfPycocotools(string set)
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Shared.Golden("coco", "manifest.json")));
        JsonElement expected = manifest.RootElement.GetProperty("sets").GetProperty(set);
        JsonElement found = GraftCli.Run(
            "val", "--detections", Shared.Golden("coco", $"{set}_detections.json"), "--annotations", Shared.Golden("coco", $"{set}_gt.json"),
            "--pycocotools-ids", "--json").Succeeds().Json;
        foreach ((string golden, string field) in Numbers)
        {
            Assert.Equal(expected.GetProperty("stats").GetProperty(golden).GetDouble(), Defined(found.GetProperty(field)), 1e-9);
        }

        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(Shared.Golden("coco", $"{set}_gt.json")));
        Dictionary<string, string> ids = truth.RootElement.GetProperty("categories").EnumerateArray()
            .ToDictionary(category => category.GetProperty("name").GetString()!, category => category.GetProperty("id").GetRawText());
        JsonElement[] classes = [.. found.GetProperty("per_class").EnumerateArray()];
        Assert.Equal(expected.GetProperty("per_class").EnumerateObject().Count(), classes.Length);
        foreach (JsonElement one in classes)
        {
            JsonElement golden = expected.GetProperty("per_class").GetProperty(ids[one.GetProperty("name").GetString()!]);
            Close(golden.GetProperty("AP"), one.GetProperty("ap"));
            Close(golden.GetProperty("AP50"), one.GetProperty("ap50"));
        }
    }

    /// <summary>A class without objects has no number in the golden file, and -1 here as everywhere in COCO.</summary>
    private static void Close(JsonElement expected, JsonElement found)
        => Assert.Equal(Defined(expected), Defined(found), 1e-9);

    /// <summary>The protocol marks what nothing defines as −1; in JSON it is null.</summary>
    private static double Defined(JsonElement value) => value.ValueKind == JsonValueKind.Null ? -1 : value.GetDouble();
}
