namespace Graft.Cli;

/// <summary>A command line taken apart: targets, <c>key=value</c> overrides and options, checked against what the command knows.</summary>
internal sealed class Arguments
{
    /// <summary>Options of every command; a trailing <c>=</c> means that a value follows.</summary>
    private static readonly string[] Common = ["json", "quiet", "help", "threads=", "seed=", "device="];

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

    private readonly Dictionary<string, string?> _options = [];
    private readonly Dictionary<string, List<string>> _many = [];
    private readonly List<string> _overrides = [];

    /// <summary>Words that are neither options nor overrides.</summary>
    internal List<string> Targets { get; } = [];

    /// <summary><c>key=value</c> pairs with aliases resolved.</summary>
    internal IReadOnlyList<string> Overrides => _overrides;

    internal bool Json => Has("json");

    internal bool Quiet => Has("quiet");

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
                else if (word.IndexOf('=') is > 0 and int equals && !File.Exists(word))
                {
                    result.Override(word[..equals], word[(equals + 1)..]);
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

            if (kind == "=*")
            {
                (result._many.TryGetValue(name, out List<string>? list) ? list : result._many[name] = []).Add(value!);
            }

            result._options[name] = value;
        }

        return result;
    }

    internal bool Has(string option) => _options.ContainsKey(option);

    internal string? Value(string option) => _options.GetValueOrDefault(option);

    internal IReadOnlyList<string> Values(string option) => _many.GetValueOrDefault(option) ?? [];

    internal string Required(string option) => Value(option) ?? throw Wrong($"--{option} is missing.");

    internal int Integer(string option, int otherwise)
        => Value(option) is not { } text ? otherwise
            : int.TryParse(text, out int value) ? value : throw Wrong($"--{option}: '{text}' is not a whole number.");

    internal double Number(string option, double otherwise)
        => Value(option) is not { } text ? otherwise
            : double.TryParse(text, out double value) ? value : throw Wrong($"--{option}: '{text}' is not a number.");

    /// <summary>The only target.</summary>
    internal string Target(string what)
        => Targets.Count == 1 ? Targets[0]
            : throw Wrong(Targets.Count == 0 ? $"{what} is missing." : $"One {what} is expected; found {string.Join(", ", Targets)}.");

    internal static GraftException Wrong(string message, string? hint = null)
        => new(Failure.Usage, message, hint ?? "graft COMMAND --help lists the options.");

    /// <summary>A long option that is a setting's name (<c>--epochs 5</c>) overrides it; anything else is a typing mistake.</summary>
    private int TakeUnknown(string name, string? value, IReadOnlyList<string> words, int at, IEnumerable<string> known)
    {
        string key = name.Replace('-', '_');
        if (!Aliases.ContainsKey(key) && !key.Contains('.'))
        {
            string? near = Nearest.To(name, known.Concat(Aliases.Keys));
            throw Wrong($"There is no option --{name}.", near is null ? null : $"Did you mean --{near}?");
        }

        if (value is null && at + 1 < words.Count && !words[at + 1].StartsWith("--", StringComparison.Ordinal))
        {
            value = words[++at];
        }

        Override(key, value ?? "true");
        return at;
    }

    private void Override(string key, string value) => _overrides.Add($"{Aliases.GetValueOrDefault(key, key)}={value}");
}
