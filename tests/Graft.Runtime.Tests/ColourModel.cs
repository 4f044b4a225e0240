namespace Graft.Runtime.Tests;

/// <summary>
/// A real, tiny detector: for each of red, green and blue it gives the rectangle around all pixels where the colour is brighter than one
/// half, with the colour's largest value as the score. Padding is darker, so that it is never found.
/// </summary>
internal static class ColourModel
{
    public const string Ours = """{"fit_first":true,"scale_up":false,"multiple":0,"padding":114,"channels":"rgb","range":1.0}""";

    /// <summary>Bytes of the model.</summary>
    /// <param name="batch">Images at once; -1: any number.</param>
    /// <param name="height">Rows; -1: any.</param>
    /// <param name="width">Columns; -1: any.</param>
    /// <param name="isEndToEnd">Whether the output is [batch, 3, 6].</param>
    /// <param name="hasText">Whether scores are weighted by a second input [1, N, 3].</param>
    /// <param name="hasAdapter">Whether the scores' gain [1, 1, 3] can be overridden.</param>
    /// <param name="copies">How often each box is given.</param>
    /// <param name="change">Changes the metadata.</param>
    public static byte[] Bytes(
        int batch = 1, int height = 64, int width = 64, bool isEndToEnd = false, bool hasText = false, bool hasAdapter = false,
        int copies = 1, Action<Dictionary<string, string>>? change = null)
    {
        TestModel model = new();
        string images = model.Input("images", batch, 3, height, width);
        (string left, string right) = Extent(model, model.ReduceMax(images, false, 2));
        (string top, string bottom) = Extent(model, model.ReduceMax(images, false, 3));
        string largest = model.ReduceMax(images, false, 2, 3);
        string score = model.Add("Mul", largest, model.Add("Cast", [model.Add("Greater", largest, model.Constant([0.5f], 1))], ("to", [1])));
        if (isEndToEnd)
        {
            string label = model.Add("Add", model.Add("Sub", score, score), model.Constant([0, 1, 2], 1, 3));
            string[] columns = [.. new[] { left, top, right, bottom, score, label }.Select(value => model.Add("Unsqueeze", value, model.Integers(2)))];
            model.Output("output0", model.Add("Concat", columns, ("axis", [2])), batch, 3, 6);
        }
        else
        {
            string half = model.Constant([0.5f], 1);
            string[] rows =
            [
                model.Add("Mul", half, model.Add("Add", left, right)), model.Add("Mul", half, model.Add("Add", top, bottom)),
                model.Add("Sub", right, left), model.Add("Sub", bottom, top),
            ];
            string scores = model.Add("Mul", model.Add("Unsqueeze", score, model.Integers(1)), model.Constant([1, 0, 0, 0, 1, 0, 0, 0, 1], 1, 3, 3));
            if (hasAdapter)
            {
                model.Input("gain", 1, 1, 3);
                scores = model.Add("Mul", scores, model.Constant("gain", [1, 1, 1], 1, 1, 3));
            }

            scores = hasText ? model.Add("MatMul", model.Input("text", 1, -1, 3), scores) : scores;
            string boxes = model.Add("Concat", [.. rows.Select(row => model.Add("Unsqueeze", row, model.Integers(1)))], ("axis", [1]));
            string all = model.Add("Concat", [boxes, scores], ("axis", [1]));
            model.Output("output0", model.Add("Concat", [.. Enumerable.Repeat(all, copies)], ("axis", [2])), batch, hasText ? -1 : 7, 3 * copies);
        }

        Describe(model.Metadata, height, width, isEndToEnd);
        change?.Invoke(model.Metadata);
        return model.ToBytes();
    }

    private static void Describe(Dictionary<string, string> metadata, int height, int width, bool isEndToEnd)
    {
        metadata["task"] = "detect";
        metadata["stride"] = "32";
        metadata["imgsz"] = $"[{(height > 0 ? height : 64)}, {(width > 0 ? width : 64)}]";
        metadata["names"] = "{0: 'red', 1: 'green', 2: 'blue'}";
        metadata["x-graft-format"] = "1";
        metadata["x-graft-names"] = """["red","green","blue"]""";
        metadata["x-graft-preprocess"] = Ours;
        metadata["x-graft-postprocess"] = Post(isEndToEnd ? "end2end" : "cxcywh");
    }

    public static string Post(string decode = "cxcywh", double score = 0.25, double iou = 0.7, int most = 300, bool multiLabel = true, bool agnostic = false)
        => FormattableString.Invariant(
            $$"""{"decode":"{{decode}}","score":{{score}},"iou":{{iou}},"candidates":30000,"max_per_image":{{most}},"multi_label":{{(multiLabel ? "true" : "false")}},"class_agnostic":{{(agnostic ? "true" : "false")}}}""");

    /// <summary>First bright place and the place behind the last one, of B×3×n.</summary>
    private static (string First, string Last) Extent(TestModel model, string profile)
    {
        string one = model.Constant([1], 1);
        string isBright = model.Add("Cast", [model.Add("Greater", profile, model.Constant([0.5f], 1))], ("to", [1]));
        string ones = model.Add("Add", model.Add("Sub", profile, profile), one);
        string place = model.Add("CumSum", ones, model.Integers(2));
        string count = model.ReduceMax(place, true, 2);
        string fromEnd = model.Add("Sub", model.Add("Add", count, one), place);
        string last = model.ReduceMax(model.Add("Mul", isBright, place), false, 2);
        string first = model.Add("Sub", model.ReduceMax(count, false, 2), model.ReduceMax(model.Add("Mul", isBright, fromEnd), false, 2));
        return (first, last);
    }
}
