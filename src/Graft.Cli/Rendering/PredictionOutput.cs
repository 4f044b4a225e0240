using System.Text.Json.Nodes;
using Graft.Detectors;
using Graft.Runs;

namespace Graft.Cli.Rendering;

/// <summary>Shows the detections of a prediction: a line per input as text, every box as JSON.</summary>
/// <param name="output">Where it is shown.</param>
/// <param name="inputs">Inputs of the run; a single one is not named as skipped, since its error ends the command.</param>
internal sealed class PredictionOutput(Output output, int inputs) : IPredictionObserver
{
    private readonly List<JsonObject> _frames = [];

    /// <summary>Receives the share of a video that is processed, 0 to 1, and the text beside the bar.</summary>
    internal Action<double, string> Progress { get; set; } = (_, _) => { };

    /// <summary>JSON: each image, and each frame of a video, with its result and boxes.</summary>
    internal JsonArray Images { get; } = [];

    /// <summary>JSON: each input that could not be processed, and why.</summary>
    internal JsonArray Failed { get; } = [];

    public void OnImage(ImagePrediction image)
    {
        if (output.IsJson)
        {
            Images.Add(Entry(image.Path, image.Result, image.Detections));
        }

        output.Line($"{image.Path}: {Describe(image.Detections)}");
    }

    public void OnFrame(FramePrediction frame)
    {
        if (output.IsJson)
        {
            _frames.Add(Entry($"{frame.Path}#{frame.Number}", frame.Result, frame.Detections));
        }

        Progress((frame.Number + 1.0) / Math.Max(1, frame.Announced), $"{frame.Path}: frame {frame.Number + 1}/{frame.Announced}");
    }

    public void OnVideo(VideoPrediction video)
    {
        _frames.ForEach(Images.Add);
        _frames.Clear();
        if (video.Frames < video.Announced)
        {
            output.Note($"note: {video.Path}: {video.Frames} of the {Counted.Of(video.Announced, "frame")} of its header could be read");
        }

        output.Line($"{video.Path}: {Counted.Of(video.Boxes, "box")} in {Counted.Of(video.Frames, "frame")}, written to {video.Result}");
    }

    public void OnSkipped(string path, GraftException error)
    {
        _frames.Clear();
        if (inputs > 1)
        {
            output.Note($"skipped: {error.Message}");
        }

        if (output.IsJson)
        {
            Failed.Add(new JsonObject { ["file"] = path, ["error"] = error.Message });
        }
    }

    private static string Describe(IReadOnlyList<Detection> found)
        => found.Count == 0 ? "no detections" : string.Join(", ", found.GroupBy(one => one.Label).Select(group => $"{group.Count()} {group.First().ClassName}"));

    private static JsonObject Entry(string file, string result, IReadOnlyList<Detection> found) => new()
    {
        ["file"] = file,
        ["result"] = result,
        ["boxes"] = new JsonArray([.. found.Select(one => (JsonNode)new JsonObject
        {
            ["label"] = one.ClassName,
            ["score"] = one.Score,
            ["xyxy"] = new JsonArray(one.Box.X1, one.Box.Y1, one.Box.X2, one.Box.Y2),
        })]),
    };
}
