using System.Globalization;
using Graft;
using Graft.Data;
using Graft.Files;
using Graft.Runs;
using Graft.Torch.Images;

// Finds boxes in every image of a folder and writes them as CSV.
// PredictFolder RUN|FILE FOLDER OUT.csv [least score]
using Found = Graft.Detectors.Detection;

if (args.Length < 3)
{
    Console.Error.WriteLine("PredictFolder RUN|FILE FOLDER OUT.csv [least score]");
    return (int)Failure.Usage;
}

try
{
    using TrainedModel model = TrainedModel.Open(args[0], []);
    double score = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 0.25;
    Predictor predictor = new(model.Detector, model.Config.Train.Imgsz, model.Config.Predict with { ScoreThreshold = score });
    List<string> lines = ["file,label,score,x1,y1,x2,y2"];
    foreach (string file in ImageList.InFolder(args[1]))
    {
        using Image image = Image.Load(file);
        foreach (Found found in predictor.Detect(image))
        {
            lines.Add($"{file},{model.Vocabulary.Names[found.Label]},{found.Score:f4},{found.Box.X1:f1},{found.Box.Y1:f1},{found.Box.X2:f1},{found.Box.Y2:f1}");
        }
    }

    AtomicFile.WriteText(args[2], string.Join('\n', lines) + "\n");
    Console.WriteLine($"{lines.Count - 1} boxes: {args[2]}");
    return 0;
}
catch (GraftException error)
{
    Console.Error.WriteLine($"{error.Message} {error.Hint}");
    return (int)error.Failure;
}
