using System.Text.Json.Nodes;
using Graft.Cli.Rendering;
using Graft.Data;
using Graft.Detectors;
using Graft.Files;
using Graft.Imaging;
using Graft.Runs;
using Graft.Torch.Images;

namespace Graft.Cli.Commands;

/// <summary>Searches inputs one after the other and writes a result for each; one that cannot be read does not stop the others.</summary>
/// <param name="predictor">Finds the boxes.</param>
/// <param name="names">Class names by label.</param>
/// <param name="reading">How images are read.</param>
/// <param name="folder">Where results go; null: a new run folder, made with the first result.</param>
/// <param name="output">Where to say what was found.</param>
internal sealed class PredictionRun(Predictor predictor, IReadOnlyList<string> names, ImageReading reading, string? folder, Output output)
{
    private const int Quality = 92, UnknownRate = 25;

    /// <summary>Where results lie; null while there is none and none was named.</summary>
    internal string? Folder { get; private set; } = folder;

    /// <summary>For programs: each image, and each frame of a video, with its result and boxes.</summary>
    internal JsonArray Images { get; } = [];

    /// <summary>For programs: each input that could not be searched, and why.</summary>
    internal JsonArray Failed { get; } = [];

    /// <summary>Inputs that are searched and written.</summary>
    internal int Done { get; private set; }

    /// <summary>What was noticed about images that were searched all the same.</summary>
    internal DataProblems Problems { get; } = new("predict");

    /// <summary>Searches everything, until a signal comes.</summary>
    /// <returns>What must be said at the end: inputs that failed, or an error that stopped the run; null when all is well.</returns>
    internal GraftException? Search(PredictionInputs inputs, PredictionSurvey survey, Interruption stop)
    {
        int all = survey.Images + survey.Videos + survey.EmptyFolders.Count, failed = 0;
        GraftException? last = null;
        foreach (string empty in survey.EmptyFolders)
        {
            Skip(empty, PredictionInputs.NothingIn(empty, new PredictionSurvey(0, 0, new Dictionary<string, int>(), 0, [])));
        }

        try
        {
            foreach (PredictionInput input in inputs.List())
            {
                if (stop.Asked)
                {
                    break;
                }

                try
                {
                    Done += One(input, stop) ? 1 : 0;
                }
                catch (GraftException error) when (error.Failure == Failure.Data)
                {
                    Skip(input.Path, error);
                }
            }
        }
        catch (Exception error) when (error is GraftException or IOException or UnauthorizedAccessException)
        {
            return FailureOutput.Explain(error, "predict");
        }

        return last is null || all == 1 ? last
            : new GraftException(Failure.Data, $"{failed} of {Counted.Of(all, "input")} could not be searched.", "The lines above name them.");

        void Skip(string path, GraftException error)
        {
            failed++;
            last = error;
            if (all > 1)
            {
                output.Note($"skipped: {error.Message}");
            }

            if (output.IsJson)
            {
                Failed.Add(new JsonObject { ["file"] = path, ["error"] = error.Message });
            }
        }
    }

    private bool One(PredictionInput input, Interruption stop)
    {
        if (!File.Exists(input.Path))
        {
            throw new GraftException(Failure.Data, $"{input.Path}: there is no such file.", "Check the path.");
        }

        return input.IsVideo ? output.Track(progress => Video(input, stop, progress)) : OneImage(input);
    }

    private bool OneImage(PredictionInput input)
    {
        using Image image = Image.Load(input.Path, reading);
        Problems.Note(image, input.Path, reading);
        Detection[] found = Draw(image);
        string target = Target(input);
        AtomicFile.WriteBytes(target, image.Encode(".jpg", Quality));
        if (output.IsJson)
        {
            Images.Add(Entry(input.Path, target, found));
        }

        output.Line($"{input.Path}: {Describe(found)}");
        return true;
    }

    /// <summary>Writes a video frame by frame beside its place; it is moved there when it is whole.</summary>
    /// <returns>False when a signal came before the end; nothing is left of it then.</returns>
    private bool Video(PredictionInput input, Interruption stop, Action<double, string> progress)
    {
        using VideoReader reader = new(input.Path);
        VideoWriter? writer = null;
        string? partial = null, target = null;
        List<JsonObject> entries = [];
        int frames = 0, boxes = 0;
        try
        {
            for (; !stop.Asked && reader.Read() is { } image; frames++)
            {
                using (image)
                {
                    Detection[] found = Draw(image);
                    target ??= Target(input);
                    partial ??= target + ".partial.mp4";
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
                    writer ??= new VideoWriter(partial, reader.Rate > 0 ? reader.Rate : UnknownRate, image.Width, image.Height);
                    writer.Add(image);
                    boxes += found.Length;
                    if (output.IsJson)
                    {
                        entries.Add(Entry($"{input.Path}#{frames}", target, found));
                    }

                    progress((frames + 1.0) / Math.Max(1, reader.Frames), $"{input.Path}: frame {frames + 1}/{reader.Frames}");
                }
            }

            writer?.Dispose();
            if (stop.Asked)
            {
                return false;
            }

            if (target is null)
            {
                throw new GraftException(Failure.Data, $"The video {input.Path} holds no frame that can be read.");
            }

            File.Move(partial!, target, overwrite: true);
        }
        finally
        {
            writer?.Dispose();
            if (partial is not null)
            {
                File.Delete(partial);
            }
        }

        entries.ForEach(Images.Add);
        if (frames < reader.Frames)
        {
            output.Note($"note: {input.Path}: {frames} of the {Counted.Of(reader.Frames, "frame")} that it announces could be read");
        }

        output.Line($"{input.Path}: {Counted.Of(boxes, "box")} in {Counted.Of(frames, "frame")}, written to {target}");
        return true;
    }

    private string Target(PredictionInput input)
    {
        Folder ??= RunFolder.Create("runs/detect", "predict").Path;
        return Path.Combine(Folder, input.Result);
    }

    private Detection[] Draw(Image image)
    {
        Detection[] found = predictor.Detect(image);
        new Canvas(image).Boxes([.. found.Select(DrawnBox.Of)], names);
        return found;
    }

    private string Describe(Detection[] found)
        => found.Length == 0 ? "nothing found" : string.Join(", ", found.GroupBy(one => one.Label).Select(group => $"{group.Count()} {names[group.Key]}"));

    private JsonObject Entry(string file, string result, Detection[] found) => new()
    {
        ["file"] = file,
        ["result"] = result,
        ["boxes"] = new JsonArray([.. found.Select(one => (JsonNode)new JsonObject
        {
            ["label"] = names[one.Label],
            ["score"] = one.Score,
            ["xyxy"] = new JsonArray(one.Box.X1, one.Box.Y1, one.Box.X2, one.Box.Y2),
        })]),
    };
}
