using System.Text.Json.Nodes;
using Graft.Adaptation;
using Graft.Evaluation;

namespace Graft.Cli.Rendering;

/// <summary>Shows the outcome of an adaptation: before and after, the files, and what to type next.</summary>
internal static class AdaptOutput
{
    internal static void Print(AdaptResult result, Output output)
    {
        output.Table(["mAP50", "zero-shot", "adapted", "ONNX"], Rows(result));
        output.Line($"Done in {result.Seconds / 60:f1} minutes: {result.Folder.Path}. Next:");
        foreach (string command in result.Next)
        {
            output.Line($"  {command}");
        }

        output.Result(new JsonObject
        {
            ["out"] = result.Folder.Path,
            ["map50"] = new JsonObject { ["zero_shot"] = Score(result.ZeroShot.Map50), ["adapted"] = Score(result.Adapted.Map50), ["onnx"] = Score(result.Onnx.Map50) },
            ["map"] = new JsonObject { ["zero_shot"] = Score(result.ZeroShot.Map), ["adapted"] = Score(result.Adapted.Map), ["onnx"] = Score(result.Onnx.Map) },
            ["retention"] = result.Retention,
            ["onnx"] = result.Folder.Onnx,
            ["merged"] = result.Folder.Merged,
            ["joined"] = result.Join is null ? null : result.Folder.Joined,
            ["run"] = result.Training.Folder.Path,
            ["config"] = result.Folder.Config,
            ["report"] = result.Folder.Page,
            ["names"] = List(result.Names),
            ["joined_names"] = List(result.Join?.Names ?? []),
            ["choices"] = new JsonArray([.. result.Plan.Choices.Select(choice => new JsonObject { ["key"] = choice.Key, ["value"] = choice.Value, ["reason"] = choice.Reason })]),
            ["epochs"] = result.Training.State.Epoch,
            ["seconds"] = result.Seconds,
            ["images_per_second"] = result.Training.ImagesPerSecond,
            ["trainable"] = result.Training.Summary.Trainable,
            ["total"] = result.Training.Summary.Total,
            ["merge"] = new JsonObject { ["exact"] = result.Merge.Exact, ["max_abs"] = result.Merge.MaxAbs, ["boxes"] = result.Merge.Boxes, ["boxes_max_px"] = result.Merge.BoxesMaxPx },
            ["export"] = new JsonObject
            {
                ["bytes"] = result.Export.Bytes,
                ["max_abs"] = result.Export.Proof.MaxAbs,
                ["boxes"] = result.Export.Proof.Boxes,
                ["boxes_max_px"] = result.Export.Proof.BoxesMaxPx,
            },
            ["warnings"] = List(result.Warnings),
            ["next"] = List(result.Next),
        });
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(AdaptResult result)
    {
        Dictionary<string, double> before = ByName(result.ZeroShot), onnx = ByName(result.Onnx);
        foreach (CocoClassScores one in result.Adapted.PerClass)
        {
            yield return [one.Name, Text(before.GetValueOrDefault(one.Name, -1)), Text(one.Ap50), Text(onnx.GetValueOrDefault(one.Name, -1))];
        }

        yield return ["all classes", Text(result.ZeroShot.Map50), Text(result.Adapted.Map50), Text(result.Onnx.Map50)];
    }

    private static Dictionary<string, double> ByName(CocoScores scores) => scores.PerClass.ToDictionary(one => one.Name, one => one.Ap50);

    private static string Text(double score) => score >= 0 ? $"{score:f3}" : "–";

    private static JsonNode? Score(double score) => score >= 0 ? score : null;

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
