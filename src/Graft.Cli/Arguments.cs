namespace Graft.Cli;

/// <summary>A command line taken apart: targets, <c>key=value</c> overrides and options, checked against what the command knows.</summary>
internal sealed class Arguments
{
    /// <summary>Options of every command; a trailing <c>=</c> means that a value follows.</summary>
    private static readonly string[] Common = ["json", "quiet", "verbose", "help", "threads=", "seed=", "device="];

    /// <summary>What users of Ultralytics and OpenMMLab type, and what it means here.</summary>
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

    /// <summary>What users of other tools write, and what it is called here.</summary>
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

    private readonly Dictionary<string, string?> _options = [];
    private readonly Dictionary<string, List<string>> _many = [];
    private readonly List<string> _overrides = [];
    private readonly List<string> _remarks = [];

    /// <summary>What the user should know about the command line, a sentence each.</summary>
    internal IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Words that are neither options nor overrides.</summary>
    internal List<string> Targets { get; } = [];

    /// <summary><c>key=value</c> pairs with aliases resolved.</summary>
    internal IReadOnlyList<string> Overrides => _overrides;

    internal bool Json => Has("json");

    internal bool Quiet => Has("quiet");

    internal bool Verbose => Has("verbose");

    /// <summary>Takes the words after the command apart.</summary>
    /// <param name="words">Words of the command line.</param>
    /// <param name="known">Options of the command: <c>name</c>, <c>name=</c> (a value follows), <c>name=*</c> (may be given often), <c>name=?</c> (a value may follow).</param>
    internal static Arguments Parse(IReadOnlyList<string> words, params string[] known)
    {
        Arguments result = new();
        Dictionary<string, string> kinds = known.Concat(Common).Append("cfg-options=*")
            .ToDictionary(option => option.Split('=')[0], option => option.Contains('=') ? option[option.IndexOf('=')..] : "");
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                if (word is "-h")
                {
                    result._options["help"] = null;
                }
                else if (word.Length > 1 && word[0] == '-' && char.IsAsciiLetter(word[1]) && !File.Exists(word))
                {
                    string plain = word.TrimStart('-').Split('=')[0];
                    string? near = Elsewhere.GetValueOrDefault(plain) ?? Nearest.To(plain, kinds.Keys.Concat(Aliases.Keys));
                    throw Wrong($"There is no option {word}.", near is null ? null : $"Did you mean --{near}?");
                }
                else if (word.IndexOf('=') is > 0 and int equals && !File.Exists(word))
                {
                    string plain = word[..equals].Replace('_', '-');
                    if (kinds.GetValueOrDefault(plain) == "=" && (plain == "data" || !Aliases.ContainsKey(word[..equals])))
                    {
                        result.Take(plain, "=", word[(equals + 1)..]);      // device=cpu, split=train: options of other tools have no dashes
                    }
                    else
                    {
                        result.Override(word[..equals], word[(equals + 1)..]);
                    }
                }
                else
                {
                    result.Targets.Add(word);
                }

                continue;
            }

            string name = word[2..].Split('=')[0].Replace('_', '-');
            string? value = word.Contains('=') ? word[(word.IndexOf('=') + 1)..] : null;
            if (!kinds.TryGetValue(name, out string? kind))
            {
                i = result.TakeUnknown(name, value, words, i, kinds.Keys);
                continue;
            }

            if (name == "cfg-options")
            {
                while (i + 1 < words.Count && words[i + 1].Contains('=') && !words[i + 1].StartsWith("--", StringComparison.Ordinal))
                {
                    string pair = words[++i];
                    result.Override(pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]);
                }

                continue;
            }

            bool follows = i + 1 < words.Count && !words[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (kind.Length > 0 && value is null && (kind != "=?" || (follows && !words[i + 1].Contains('='))))
            {
                value = follows ? words[++i] : throw Wrong($"--{name} needs a value.");
            }

            result.Take(name, kind, value);
        }

        return result;
    }

    internal bool Has(string option) => _options.ContainsKey(option);

    internal string? Value(string option) => _options.GetValueOrDefault(option);

    internal IReadOnlyList<string> Values(string option) => _many.GetValueOrDefault(option) ?? [];

    internal string Required(string option) => Value(option) ?? throw Wrong($"--{option} is missing.");

    /// <summary>A whole number between two limits, both included.</summary>
    /// <param name="option">The option.</param>
    /// <param name="otherwise">What counts without it.</param>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Largest value.</param>
    /// <param name="multiple">What it must be a multiple of; 0: of nothing.</param>
    internal int Integer(string option, int otherwise, int low = int.MinValue, int high = int.MaxValue, int multiple = 0)
    {
        if (Value(option) is not { } text)
        {
            return otherwise;
        }

        NumberRange range = new(low == int.MinValue ? double.NegativeInfinity : low, high, Multiple: multiple);
        long value = NumberText.Whole(text) ?? throw Wrong($"--{option} is '{text}', expected a whole number, {range}.", NumberText.Hint(text, whole: true, range));
        return value is >= int.MinValue and <= int.MaxValue && range.Contains(value)
            ? (int)value
            : throw Wrong(
                value > int.MaxValue && high == int.MaxValue ? $"--{option} is {text}, expected at most {int.MaxValue}." : $"--{option} is {text}, expected {range}.",
                range.Hint(value));
    }

    /// <summary>A number between two limits, both included.</summary>
    internal double Number(string option, double otherwise, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
        => Number(option, otherwise, new NumberRange(low, high));

    /// <summary>A number of a range.</summary>
    internal double Number(string option, double otherwise, NumberRange range)
        => Value(option) is { } text ? Real(option, text, range) : otherwise;

    /// <summary>A list of numbers, <c>1,0.5</c>; null when it is not given.</summary>
    internal double[]? Numbers(string option)
        => Value(option)?.Split(',').Select(text => Real(option, text.Trim(), new NumberRange())).ToArray();

    /// <summary>One of several words; null when it is not given.</summary>
    internal string? Choice(string option, params string[] words)
        => Value(option) is not { } text || words.Contains(text) ? Value(option)
            : throw Wrong($"--{option} is '{text}', expected {string.Join(" or ", words)}.", Nearest.Suggestion(text, words));

    /// <summary>The only target.</summary>
    internal string Target(string what)
        => Targets.Count == 1 ? Targets[0]
            : throw Wrong(Targets.Count == 0 ? $"{what} is missing." : $"One {what} is expected; found {string.Join(", ", Targets)}.");

    internal static GraftException Wrong(string message, string? hint = null)
        => new(Failure.Usage, message, hint ?? "graft COMMAND --help lists the options.");

    private static double Real(string option, string text, NumberRange range)
    {
        double value = NumberText.Real(text) ?? throw Wrong($"--{option}: '{text}' is not a number; expected {range}.", NumberText.Hint(text, range: range));
        return range.Contains(value) ? value : throw Wrong($"--{option} is {text}, expected {range}.", range.Hint(value));
    }

    /// <summary>Keeps an option that the command knows; the same one twice with different values is a mistake unless it may be repeated.</summary>
    private void Take(string name, string kind, string? value)
    {
        if (kind.Length == 0 && value is not null)
        {
            throw Wrong($"--{name} takes no value; found '{value}'.", $"Write --{name}, or leave it out.");
        }

        if (kind.Length > 0 && value is "")
        {
            throw Wrong($"--{name} needs a value; found nothing after '='.");
        }

        if (kind == "=*")
        {
            (_many.TryGetValue(name, out List<string>? list) ? list : _many[name] = []).Add(value!);
        }
        else if (_options.TryGetValue(name, out string? before) && before != value)
        {
            throw Wrong($"--{name} is given twice: {before ?? "nothing"} and {value ?? "nothing"}.", "Give it once.");
        }

        _options[name] = value;
    }

    /// <summary>A long option that is a setting's name (<c>--epochs 5</c>) overrides it; anything else is a typing mistake.</summary>
    private int TakeUnknown(string name, string? value, IReadOnlyList<string> words, int at, IEnumerable<string> known)
    {
        string key = name.Replace('-', '_');
        if (!Aliases.ContainsKey(key) && !key.Contains('.'))
        {
            string? near = Elsewhere.GetValueOrDefault(key) ?? Nearest.To(name, known.Concat(Aliases.Keys));
            throw Wrong($"There is no option --{name}.", near is null ? null : $"Did you mean --{near}?");
        }

        if (value is null && at + 1 < words.Count && !words[at + 1].StartsWith("--", StringComparison.Ordinal))
        {
            value = words[++at];
        }

        Override(key, value ?? "true");
        return at;
    }

    private void Override(string key, string value)
    {
        if (Elsewhere.TryGetValue(key, out string? here) && Aliases.ContainsKey(here))
        {
            throw Wrong($"There is no setting {key}.", $"Did you mean {here}={value}?");
        }

        string full = Aliases.GetValueOrDefault(key, key), pair = $"{full}={value}";
        if (_overrides.FirstOrDefault(other => other.StartsWith(full + "=", StringComparison.Ordinal)) is { } before && before != pair)
        {
            // Scripts append what they change to what they were given.
            _remarks.Add($"{full} is given twice: {before[(full.Length + 1)..]} and {value}; the last counts");
            _overrides.Remove(before);
        }

        _overrides.Add(pair);
    }
}
