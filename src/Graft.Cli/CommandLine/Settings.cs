namespace Graft.Cli.CommandLine;

/// <summary>The <c>key=value</c> settings of a command line, with the names of other tools resolved; of two values of a setting the last one is used.</summary>
internal sealed class Settings
{
    /// <summary>Short names, as in Ultralytics and OpenMMLab, and their keys.</summary>
    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["epochs"] = "train.epochs",
        ["batch"] = "train.batch",
        ["imgsz"] = "train.imgsz",
        ["lr0"] = "train.lr",
        ["lrf"] = "train.lr_final",
        ["workers"] = "train.workers",
        ["patience"] = "train.patience",
        ["close_mosaic"] = "train.close_mosaic",
        ["momentum"] = "train.momentum",
        ["weight_decay"] = "train.weight_decay",
        ["warmup_epochs"] = "train.warmup_epochs",
        ["optimizer"] = "train.optimizer",
        ["mosaic"] = "train.mosaic",
        ["mixup"] = "train.mixup",
        ["fliplr"] = "train.fliplr",
        ["flipud"] = "train.flipud",
        ["degrees"] = "train.degrees",
        ["shear"] = "train.shear",
        ["scale"] = "train.scale",
        ["translate"] = "train.translate",
        ["hsv_h"] = "train.hsv_h",
        ["hsv_s"] = "train.hsv_s",
        ["hsv_v"] = "train.hsv_v",
        ["conf"] = "predict.score_threshold",
        ["iou"] = "predict.iou_threshold",
        ["max_det"] = "predict.max_per_image",
        ["data"] = "data.root",
        ["seed"] = "train.seed",
        ["amp"] = "train.amp",
        ["save_period"] = "train.save_period",
    };

    /// <summary>Names of other tools, and their names in Graft.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["batch_size"] = "batch",
        ["bs"] = "batch",
        ["conf_thres"] = "conf",
        ["conf_threshold"] = "conf",
        ["confidence"] = "conf",
        ["score_thr"] = "conf",
        ["score_threshold"] = "conf",
        ["epoch"] = "epochs",
        ["max_epochs"] = "epochs",
        ["num_epochs"] = "epochs",
        ["img"] = "imgsz",
        ["img_size"] = "imgsz",
        ["image_size"] = "imgsz",
        ["iou_thres"] = "iou",
        ["iou_threshold"] = "iou",
        ["nms_thr"] = "iou",
        ["learning_rate"] = "lr0",
        ["lr"] = "lr0",
        ["num_workers"] = "workers",
        ["output"] = "out",
        ["output_dir"] = "out",
    };

    private readonly List<string> _overrides = [];
    private readonly List<string> _remarks = [];

    /// <summary>Short names of settings.</summary>
    internal static IEnumerable<string> ShortNames => Aliases.Keys;

    /// <summary>Pairs with full keys.</summary>
    internal IReadOnlyList<string> Overrides => _overrides;

    /// <summary>Notes for the user, a sentence each.</summary>
    internal IReadOnlyList<string> Remarks => _remarks;

    internal static bool IsShortName(string key) => Aliases.ContainsKey(key);

    /// <summary>Graft's name of an option or a setting of another tool; null: unknown.</summary>
    internal static string? NameHere(string key) => Elsewhere.GetValueOrDefault(key.Replace('-', '_'));

    /// <summary>Adds a setting.</summary>
    /// <exception cref="GraftException">Of kind Usage: the key is one of another tool.</exception>
    internal void Add(string key, string value)
    {
        if (NameHere(key) is { } here && IsShortName(here))
        {
            throw Arguments.Wrong($"There is no setting {key}.", $"Did you mean {here}={value}?");
        }

        string full = Aliases.GetValueOrDefault(key, key), pair = $"{full}={value}";
        if (_overrides.FirstOrDefault(other => other.StartsWith(full + "=", StringComparison.Ordinal)) is { } before && before != pair)
        {
            // Scripts append their changes to the given settings.
            _remarks.Add($"{full} is given twice: {before[(full.Length + 1)..]} and {value}; the last one is used");
            _overrides.Remove(before);
        }

        _overrides.Add(pair);
    }
}
