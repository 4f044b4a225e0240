using System.CommandLine;
using System.Globalization;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Data;
using Graft.Detectors;
using Graft.Export;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft export RUN|FILE --out MODEL.onnx: an ONNX model, verified in ONNX Runtime; exit code 5 and no file when it differs.</summary>
internal sealed class ExportCommand : CliCommand
{
    private readonly PromptOptions _prompts = new();
    private readonly Argument<string> _model = Define.Target("RUN|FILE", "the model: a run folder or a weight file; with --adapter the base");
    private readonly Option<string> _out = OutFile.Option("MODEL.onnx", "the ONNX file");
    private readonly Option<string[]> _adapter = Define.Repeated(
        "--adapter", "FILE", "an adapter file for the base, whose classes the result has; with --adapters inputs RUN|NAME=FILE too, and several");
    private readonly Option<string> _adapters = Define.Choice(
        "--adapters", "merge the adapter into the model, or write the base once and each adapter as an .onnx_adapter file", "merge", "inputs");
    private readonly Option<string?> _imgsz = Define.Text("--imgsz", "N|HxW", "input size in pixels, multiples of 32; that of training without it");
    private readonly Option<int> _batch = Define.Integer("--batch", "N", "images per run", new NumberRange(1, 256), 1);
    private readonly Option<bool> _dynamic = Define.Flag("--dynamic", "leave batch, height and width open; not every loader reads that");
    private readonly Option<bool> _nms = Define.Flag("--nms", "put NMS into the graph: the output is then [batch,300,6]");
    private readonly Option<bool> _half = Define.Flag("--half", "store weights as float16: half the size, computed in float32");
    private readonly Option<bool> _int8 = Define.Flag("--int8", "compute in 8-bit integers: needs --calibrate; refused when it loses too much or is not faster");
    private readonly Option<string?> _calibrate = Define.Text(
        "--calibrate", "DATA", "with --int8: a data set; ranges are measured on its training images, mAP on its validation split");
    private readonly Option<double?> _maxDrop = Define.Number("--max-drop", "X", "with --int8: the largest loss of mAP; 0.005 without it", new NumberRange(0, 1));
    private readonly Option<string> _text = Define.Choice("--text", "bake the prompts into the model, or let them be its second input", "bake", "input");
    private readonly Option<string> _neck = Define.Choice("--neck", "bake the prompts into the neck too, or keep its attention", "conv", "keep");
    private readonly Option<bool> _keepAdapters = Define.Flag("--keep-adapters", "export adapters as they are instead of merging them first");
    private readonly Option<bool> _allowStandIns = Define.Flag("--allow-stand-ins", "bake prompts that are stand-ins without meaning for the model");
    private readonly Option<double> _conf = Define.Number(
        "--conf", "X", "lowest score of a detection, for the runtime", new NumberRange(0, 1), PredictionRequest.DefaultScore);
    private readonly Option<string[]> _classConf = Define.Repeated("--class-conf", "NAME=X", "lowest score of one class; may be repeated");

    internal ExportCommand()
        : base("export", "export a model as ONNX, verified in ONNX Runtime")
        => Takes([_model, _out, _adapter, _adapters, _imgsz, _batch, _dynamic, _nms, _half, _int8, _calibrate, _maxDrop, _text, _neck, _keepAdapters, _conf, _classConf, _allowStandIns, .. _prompts.All]);

    internal override string SettingsName => "key=value";

    internal override string Notes => """
        Adapters are merged, prompts baked and norms folded as far as that is exact. The file takes its name only after ONNX Runtime has
        given the same raw outputs and boxes as the model on validation images and noise; otherwise nothing is written, the message
        names the first layer that differs, and the exit code is 5. With --adapters inputs the weights of the adapters are inputs with
        defaults: MODEL.onnx answers like the base, and with MODEL.NAME.onnx_adapter like the adapted model.
        With --int8 the costliest layers stay in float until the mAP drops by no more than --max-drop; otherwise, or when int8 is not
        faster on this machine, nothing is written, the message gives the numbers, and the exit code is 6.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string source = arguments.Value(_model)!;
        IReadOnlyList<string> given = arguments.Values(_adapter);
        bool asInputs = arguments.Value(_adapters) == "inputs";
        if (asInputs ? given.Count == 0 : given.Count > 1)
        {
            throw Arguments.Wrong(asInputs
                ? "--adapters inputs needs adapters: give each with --adapter FILE."
                : $"--adapter is given {given.Count} times; several adapters are exported beside their base: --adapters inputs.");
        }

        IReadOnlyList<(string Name, string Path)> adapters = asInputs ? AdapterNames.Of(given) : [.. given.Select(path => ("", path))];
        string target = OutFile.Of(
            arguments, _out, [source, .. adapters.Select(adapter => adapter.Path), arguments.Value(_prompts.Prompts), arguments.Value(_prompts.Embeddings)]);
        ModelExportOptions options = new()
        {
            Size = SizeOf(arguments.Value(_imgsz)),
            Batch = arguments.Value(_batch),
            Dynamic = arguments.Value(_dynamic),
            Suppression = arguments.Value(_nms),
            Half = arguments.Value(_half),
            Int8 = Int8Of(arguments),
            TextInput = arguments.Value(_text) == "input",
            BakeNeck = arguments.Value(_neck) != "keep",
            KeepAdapters = arguments.Value(_keepAdapters),
            AllowStandIns = arguments.Value(_allowStandIns),
            Score = arguments.Value(_conf),
            ClassScores = ClassScores(arguments.Values(_classConf)),
        };
        PromptRequest prompts = _prompts.Request(arguments, arguments.Overrides);
        if (asInputs)
        {
            if (options.Int8 is not null)
            {
                throw Arguments.Wrong("--adapters inputs and --int8 do not go together: what can be overridden is not quantized.", "Leave --int8 out.");
            }

            using TrainedModel plain = TrainedModel.OpenBase(
                source, adapters[0].Path, arguments.Overrides, ModelPrompts.Of(source, prompts), prompts.Config);
            ExportOutput.Print(AdaptedModelExport.Run(plain, adapters, target, options, note => output.Notes([note])), output);
            return 0;
        }

        using TrainedModel model = adapters is [var (_, adapter)]
            ? TrainedModel.OpenAdapted(source, adapter, arguments.Overrides, prompts.Config)
            : TrainedModel.Open(source, arguments.Overrides, ModelPrompts.Of(source, prompts), prompts.Config);
        ExportReport report = options.Int8 is null ? Export(null) : output.Track(Export);
        ExportOutput.Print(report, output);
        return 0;

        ExportReport Export(Action<double, string>? progress) => ModelExport.Run(model, target, options, note => output.Notes([note]), progress);
    }

    private Int8Options? Int8Of(Arguments arguments)
    {
        if (!arguments.Value(_int8))
        {
            return !arguments.Has(_calibrate) && !arguments.Has(_maxDrop) ? null
                : throw Arguments.Wrong($"{(arguments.Has(_calibrate) ? "--calibrate" : "--max-drop")} needs --int8.", "Add --int8.");
        }

        string data = arguments.Value(_calibrate)
            ?? throw Arguments.Wrong("--int8 needs --calibrate DATA: a data set with images like those that the model is for.", "Name the data that it was trained with.");
        Int8Options options = new() { Data = new DataOptions { Root = data } };
        return arguments.Value(_maxDrop) is { } drop ? options with { MaxDrop = drop } : options;
    }

    /// <summary>Height and width of <c>640</c> or <c>480x640</c>.</summary>
    private static (int Height, int Width)? SizeOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string[] parts = text.Split('x', 'X', '×');
        int[] sides = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int side) ? side : 0)];
        return sides is [var only] && ImageSize.Fits(only, only) && only > 0 ? (only, only)
            : sides is [var height, var width] && height > 0 && width > 0 && ImageSize.Fits(height, width) ? (height, width)
            : throw Arguments.Wrong($"--imgsz is {text}, expected multiples of 32 such as 640 or 480x640 (height x width).");
    }

    private static Dictionary<string, double> ClassScores(IReadOnlyList<string> pairs)
    {
        Dictionary<string, double> scores = [];
        foreach (string pair in pairs)
        {
            int at = pair.LastIndexOf('=');
            if (at < 1 || !double.TryParse(pair.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double score) || score is not (>= 0 and <= 1))
            {
                throw Arguments.Wrong($"--class-conf is {pair}, expected NAME=X with X from 0 to 1, such as scratch=0.4.");
            }

            scores[pair[..at]] = score;
        }

        return scores;
    }
}
