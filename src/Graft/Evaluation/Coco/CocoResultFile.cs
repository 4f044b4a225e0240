using System.Text.Json;
using Graft.Data;
using Graft.Files;

namespace Graft.Evaluation;

/// <summary>Reads detections from COCO result files (JSON).</summary>
public static class CocoResultFile
{
    private const string Expected = "COCO results: a list of { \"image_id\", \"category_id\", \"bbox\": [x, y, width, height], \"score\" }";

    /// <summary>Reads a result file; throws a <see cref="GraftException"/> of kind Data when it is not one.</summary>
    public static IReadOnlyList<CocoResult> Read(string path)
    {
        JsonCursor json = new(path, JsonCursor.Load(path, Expected));
        return json.ReadList(Expected, ReadResult);
    }

    /// <summary>Writes detections as a COCO result file; complete or absent.</summary>
    public static void Write(string path, IReadOnlyList<CocoResult> results) => AtomicFile.Write(path, stream =>
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartArray();
        foreach (CocoResult result in results)
        {
            json.WriteStartObject();
            json.WriteNumber("image_id", result.ImageId);
            json.WriteNumber("category_id", result.CategoryId);
            json.WriteStartArray("bbox");
            foreach (double value in (double[])[result.X, result.Y, result.Width, result.Height])
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteNumber("score", result.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static CocoResult ReadResult(ref JsonCursor json, int index)
    {
        long? image = null, category = null;
        (double X, double Y, double Width, double Height)? box = null;
        double? score = null;
        json.EnterObject("a detection");
        while (json.NextProperty(out string name))
        {
            switch (name)
            {
                case "image_id": image = json.ReadInteger("the id of an image"); break;
                case "category_id": category = json.ReadInteger("the id of a category"); break;
                case "bbox": box = json.ReadBoxOrNull() ?? throw json.Fail("found 0 numbers, expected a box [x, y, width, height] of four numbers."); break;
                case "score": score = json.ReadNumber("a score"); break;
                default: json.Skip(); break;
            }
        }

        (double x, double y, double width, double height) = box ?? throw json.Fail($"detection {index} has no bbox.");
        return new CocoResult(
            image ?? throw json.Fail($"detection {index} has no image_id."),
            category ?? throw json.Fail($"detection {index} has no category_id."),
            x,
            y,
            width,
            height,
            score ?? throw json.Fail($"detection {index} has no score."));
    }
}
