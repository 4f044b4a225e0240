using System.Text.Json;
using Graft.Configuration;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Export;
using Graft.Models.YoloV10;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Tests.Runs;

namespace Graft.Tests.Export;

/// <summary>A small model with random weights, and data whose objects are what this model finds: its mAP is far from 0.</summary>
public sealed class Int8Case : IDisposable
{
    internal const int Side = 64;
    private const int Objects = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly AdaptedFiles _files;

    public Int8Case()
    {
        SyntheticOptions drawn = new() { Classes = ["hole"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(Root, [new("train", 1_000, 6) { Options = drawn }, new("val", 2_000, 3) { Options = drawn }]);
        _files = new AdaptedFiles(_folder);
        Model = TrainedModel.Open(_files.Base, []);
        DetectionDataset plain = DetectionData.OpenSplit(new DataOptions { Root = Root }, DataSplit.Val);
        using DetectorEvaluation evaluation = new(plain with { Categories = Categories }, Side, Model.Config.Predict);
        EvaluationResult found = evaluation.Run(Model.Detector);
        WriteAnnotations("train", []);
        WriteAnnotations("val", found.Results.GroupBy(result => result.ImageId).SelectMany(image => image.OrderByDescending(result => result.Score).Take(Objects)));
    }

    /// <summary>The model.</summary>
    internal TrainedModel Model { get; }

    /// <summary>The data set.</summary>
    internal string Root => _folder.At("data");

    /// <summary>Options that search briefly, score by measuring, and take int8 to be twice as fast.</summary>
    internal Int8Options Quick => new()
    {
        Data = new DataOptions { Root = Root },
        MaxDrop = 1,
        Images = 4,
        Search = new QuantizationOptions { Methods = [new(CalibrationMethod.MinMax)], Threads = 1 },
        Compare = (_, _) => new OnnxTiming(10, 5, 2, 1),
    };

    /// <summary>Exports a model.</summary>
    internal static ExportReport Export(TrainedModel model, string path, Int8Options int8, ModelExportOptions? form = null)
        => ModelExport.Run(model, path, (form ?? new ModelExportOptions()) with { Int8 = int8, AllowStandIns = true });

    /// <summary>A YOLOv10 without NMS of the same classes.</summary>
    internal TrainedModel EndToEnd()
    {
        string path = _folder.At("v10.safetensors");
        RunConfig config = new() { Model = new YoloV10Options { Nc = Categories.Length }, Train = new() { Imgsz = Side } };
        using (IDetector detector = DetectorFactory.Create(config.Model, DetectorFactory.Unnamed(config.Model)))
        {
            Checkpoint.Write(path, detector, new Vocabulary(AdaptedFiles.Words.Names, null, "none"), config);
        }

        return TrainedModel.Open(path, []);
    }

    /// <summary>The model and one adapted from it as one.</summary>
    internal TrainedModel Joined()
    {
        string path = _folder.At("joined.safetensors");
        ModelJoin.Run(new(_files.Base, [_files.Adapter]) { Prefix = true }, path);
        return TrainedModel.Open(path, []);
    }

    private static CocoCategory[] Categories => [.. AdaptedFiles.Words.Names.Select((name, i) => new CocoCategory(i + 1, name))];

    private void WriteAnnotations(string split, IEnumerable<CocoResult> objects)
    {
        string path = Path.Combine(Root, "annotations", $"{split}.json");
        using JsonDocument drawn = JsonDocument.Parse(File.ReadAllText(path));
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            images = drawn.RootElement.GetProperty("images"),
            categories = Categories.Select(category => new { id = category.Id, name = category.Name }),
            annotations = objects.Select((box, i) => new
            {
                id = i + 1,
                image_id = box.ImageId,
                category_id = box.CategoryId,
                bbox = new[] { box.X, box.Y, box.Width, box.Height },
                area = box.Width * box.Height,
                iscrowd = 0,
            }),
        }));
    }

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
