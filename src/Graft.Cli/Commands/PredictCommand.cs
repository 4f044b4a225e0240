using System.Text.Json.Nodes;
using Graft.Data;
using Graft.Detection;
using Graft.Files;
using Graft.Imaging;
using Graft.Runs;
using Graft.Torch.Images;

namespace Graft.Cli.Commands;

/// <summary>graft predict: pictures with boxes, and boxes as data.</summary>
internal sealed class PredictCommand : Command
{
    private static readonly string[] Videos = [".mp4", ".avi", ".mov", ".mkv"];

    internal override string Name => "predict";

    internal override string Summary => "find boxes in pictures, folders and videos";

    internal override string Usage => """
        graft predict RUN|FILE IMAGE|DIR|VIDEO... [--prompts "a,b"|FILE.json --embeddings FILE.npy] [--conf 0.25] [--iou 0.7] [--out DIR] [--config CONFIG]
                      [--adapter FILE] [--strength 1]

        Writes each picture with its boxes to --out (runs/detect/predict) and, with --json, all boxes as data.
        """;

    protected override string[] Options => ["prompts=", "embeddings=", "text-model=", "vocabulary=", "conf=", "iou=", "out=", "config=", "imgsz=", .. AdapterChoice.Options];

    protected override int Run(Arguments arguments, Output output)
    {
        if (arguments.Targets.Count < 2)
        {
            throw Arguments.Wrong("A model (RUN or FILE) and at least one picture, folder or video are expected.");
        }

        using TrainedModel model = TrainedModel.Open(arguments.Targets[0], arguments.Overrides, WordOptions.Of(arguments, arguments.Targets[0]), arguments.Value("config"));
        output.Notes(model.Vocabulary.Notes);
        AdapterChoice.Apply(model, arguments, keepWords: arguments.Has("prompts"));
        PostProcessOptions options = model.Config.Predict with
        {
            ScoreThreshold = arguments.Number("conf", arguments.Overrides.Any(pair => pair.StartsWith("predict.score", StringComparison.Ordinal)) ? model.Config.Predict.ScoreThreshold : 0.25),
            IouThreshold = arguments.Number("iou", model.Config.Predict.IouThreshold),
        };
        Predictor predictor = new(model.Detector, arguments.Integer("imgsz", model.Config.Train.Imgsz), options);
        string folder = arguments.Value("out") ?? RunFolder.Create("runs/detect", "predict").Path;
        JsonArray images = [];
        foreach (string target in arguments.Targets.Skip(1).SelectMany(Expand))
        {
            if (Videos.Contains(Path.GetExtension(target).ToLowerInvariant()))
            {
                Video(predictor, target, folder, model.Vocabulary.Names, images, output);
                continue;
            }

            using Image picture = Image.Load(target);
            Detection.Detection[] found = predictor.Detect(picture);
            Draw(picture, found, model.Vocabulary.Names);
            AtomicFile.WriteBytes(Path.Combine(folder, Path.ChangeExtension(Path.GetFileName(target), ".jpg")), picture.Encode(".jpg", 92));
            images.Add(Entry(target, found, model.Vocabulary.Names));
            output.Line($"{target}: {Describe(found, model.Vocabulary.Names)}");
        }

        output.Line($"Pictures: {folder}");
        output.Result(new JsonObject { ["out"] = folder, ["images"] = images });
        return 0;
    }

    private static IEnumerable<string> Expand(string target)
    {
        if (!Directory.Exists(target))
        {
            return [target];
        }

        IReadOnlyList<string> pictures = PictureList.InFolder(target);
        return pictures.Count > 0 ? pictures : throw new GraftException(Failure.Data, $"The folder {target} holds no pictures.", "PNG, JPEG, BMP and TIFF files are looked for.");
    }

    private static void Video(
        Predictor predictor, string path, string folder, IReadOnlyList<string> names, JsonArray images, Output output)
    {
        using VideoReader reader = new(path);
        VideoWriter? writer = null;
        string target = Path.Combine(folder, Path.GetFileNameWithoutExtension(path) + ".mp4"), partial = target + ".partial.mp4";
        Directory.CreateDirectory(folder);
        try
        {
            for (int frame = 0; reader.Read() is { } picture; frame++)
            {
                using (picture)
                {
                    Detection.Detection[] found = predictor.Detect(picture);
                    Draw(picture, found, names);
                    writer ??= new VideoWriter(partial, reader.Rate, picture.Width, picture.Height);
                    writer.Add(picture);
                    images.Add(Entry($"{path}#{frame}", found, names));
                    output.Progress($"{path}: picture {frame + 1}/{reader.Frames}");
                }
            }
        }
        finally
        {
            writer?.Dispose();
        }

        if (writer is null)
        {
            throw new GraftException(Failure.Data, $"The video {path} holds no picture that can be read.");
        }

        File.Move(partial, target, overwrite: true);
        output.Line($"{path}: written to {target}");
    }

    private static void Draw(Image picture, Detection.Detection[] found, IReadOnlyList<string> names)
        => new Canvas(picture).Boxes([.. found.Select(DrawnBox.Of)], names);

    private static string Describe(Detection.Detection[] found, IReadOnlyList<string> names)
        => found.Length == 0 ? "nothing found" : string.Join(", ", found.GroupBy(one => one.Label).Select(group => $"{group.Count()} {names[group.Key]}"));

    private static JsonObject Entry(string file, Detection.Detection[] found, IReadOnlyList<string> names) => new()
    {
        ["file"] = file,
        ["boxes"] = new JsonArray([.. found.Select(one => (JsonNode)new JsonObject
        {
            ["label"] = names[one.Label],
            ["score"] = one.Score,
            ["xyxy"] = new JsonArray(one.Box.X1, one.Box.Y1, one.Box.X2, one.Box.Y2),
        })]),
    };
}
