using System.Text.Json;

namespace Graft.Runtime.Models;

/// <summary>Which numbers a model's output holds, told by its metadata and its shape.</summary>
internal static class OutputLayout
{
    private const int Numbers = 6, Corners = 4;

    /// <summary>Whether the output is [batch, boxes, 6] and final.</summary>
    public static bool IsEndToEnd(GraphShape graph, MetadataReader metadata, JsonElement? postprocess)
    {
        int rows = graph.OutputShape[1], columns = graph.OutputShape[2];
        switch (metadata.String(postprocess, "postprocess", "decode"))
        {
            case "cxcywh":
                return false;
            case "end2end" when columns is Numbers or (-1):
                return true;
            case "end2end":
                throw metadata.Wrong("postprocess", $"says end2end, but the output is {GraphShape.Show(graph.Output, graph.OutputShape)}; [batch, boxes, 6] is expected");
            case string other:
                throw metadata.Wrong("postprocess", $"has \"decode\": \"{other}\"; \"cxcywh\" or \"end2end\" is expected");
            default:
                break;
        }

        if (columns is Numbers && (metadata.Text("end2end") == "True" || metadata.Text("args")?.Contains("'nms': True", StringComparison.Ordinal) == true))
        {
            return true;
        }

        bool isEndToEnd = columns == Numbers && rows != Numbers;
        if (isEndToEnd)
        {
            metadata.Assumptions.Add($"The output is {GraphShape.Show(graph.Output, graph.OutputShape)}: final boxes x1, y1, x2, y2, score, class.");
        }

        return isEndToEnd;
    }

    /// <summary>Checks names against the output; makes names where the metadata has none.</summary>
    /// <returns>The names.</returns>
    public static string[] CheckClasses(string file, GraphShape graph, MetadataReader metadata, string[] names, bool isEndToEnd, bool hasText)
    {
        int rows = graph.OutputShape[1], columns = graph.OutputShape[2];
        if (isEndToEnd || hasText || rows < 0)
        {
            if (names.Length == 0)
            {
                metadata.Assumptions.Add("The metadata has no names: classes are called class 0, class 1 and so on.");
            }

            return names;
        }

        if (names.Length > 0 && rows != Corners + names.Length)
        {
            string shape = GraphShape.Show(graph.Output, graph.OutputShape), expected = $"[batch, {Corners + names.Length}, anchors] is expected for {names.Length} names";
            string family = columns == Corners + 1 + names.Length
                ? " Boxes are in its rows and one column more than classes need holds an objectness: this is the layout of YOLOv5, which is another family."
                : columns == Corners + names.Length ? " Rows and columns are swapped." : "";
            throw new OnnxDetectorException(FailureKind.Model, $"{file}: the output is {shape}; {expected}.{family}", "Export the model again, with the names of its own classes.");
        }

        if (columns > 0 && rows > columns && names.Length == 0)
        {
            throw new OnnxDetectorException(
                FailureKind.Model, $"{file}: the output is {GraphShape.Show(graph.Output, graph.OutputShape)} and the metadata has no names; [batch, 4 + classes, anchors] is expected.",
                "Export a model of the layout of YOLOv8, with its names.");
        }

        if (rows <= Corners)
        {
            throw new OnnxDetectorException(
                FailureKind.Model, $"{file}: the output is {GraphShape.Show(graph.Output, graph.OutputShape)}; [batch, 4 + classes, anchors] is expected.",
                "Export a model for detection.");
        }

        if (names.Length == 0)
        {
            metadata.Assumptions.Add($"The metadata has no names: the {rows - Corners} classes are called class 0, class 1 and so on.");
            return [.. Enumerable.Range(0, rows - Corners).Select(index => $"class {index}")];
        }

        return names;
    }
}
