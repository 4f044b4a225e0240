using System.Globalization;
using Graft;
using Graft.Data;
using Graft.Detectors;
using Graft.Files;

// Detects in every image of a folder and writes the boxes as CSV.
// PredictFolder RUN|FILE FOLDER OUT.csv [least score]

if (args.Length < 3)
{
    Console.Error.WriteLine("PredictFolder RUN|FILE FOLDER OUT.csv [least score]");
    return (int)Failure.Usage;
}

try
{
    double score = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 0.25;
    using Detector detector = Detector.Open(args[0], new DetectorOptions { ScoreThreshold = score });
    List<string> lines = ["file,label,score,x1,y1,x2,y2"];
    foreach (string file in ImageList.InFolder(args[1]))
    {
        foreach (Detection found in detector.Detect(file))
        {
            lines.Add($"{file},{found.ClassName},{found.Score:f4},{found.Box.X1:f1},{found.Box.Y1:f1},{found.Box.X2:f1},{found.Box.Y2:f1}");
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
