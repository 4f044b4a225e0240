using System.Text.RegularExpressions;

namespace Graft.Cli.CommandLine;

/// <summary>Recognises command lines of other detection tools, and suggests the corresponding graft command.</summary>
internal static partial class OtherTools
{
    private static readonly string[] Tasks = ["detect", "segment", "classify", "pose", "obb", "yolo"];
    private static readonly string[] Modes = ["train", "val", "predict"];

    /// <summary>Arguments of other tools that the suggestion omits.</summary>
    private static readonly string[] Without =
    [
        "task", "mode", "model", "data", "source", "project", "name", "resume", "pretrained", "device", "exist_ok", "plots", "save", "verbose", "cache", "show", "rect",
        "save_txt", "save_conf", "val", "single_cls", "half", "cos_lr", "deterministic", "amp",
    ];

    /// <summary>Throws with a suggestion when the arguments are a command line of another tool.</summary>
    /// <exception cref="GraftException">Of kind Usage: the hint is the corresponding graft command.</exception>
    internal static void Answer(IReadOnlyList<string> words)
    {
        if (LineFor(words) is { } line)
        {
            throw new GraftException(Failure.Usage, $"'graft {string.Join(' ', words)}' is a command line of another tool.", $"Type: {line}");
        }
    }

    /// <summary>The corresponding graft command; null when the arguments are not those of another tool.</summary>
    internal static string? LineFor(IReadOnlyList<string> words)
    {
        List<string> rest = [.. words];
        bool foreign = false;
        while (rest.Count > 0 && (Tasks.Contains(rest[0]) || rest[0].StartsWith("task=", StringComparison.Ordinal)))
        {
            rest.RemoveAt(0);
            foreign = true;
        }

        Dictionary<string, string> given = [];
        foreach (string word in rest)
        {
            if (Pair().Match(word) is { Success: true } pair)
            {
                given[pair.Groups[1].Value] = pair.Groups[2].Value;
            }
        }

        string? mode = given.GetValueOrDefault("mode") ?? rest.FirstOrDefault(word => !word.Contains('='));
        if (!Modes.Contains(mode))
        {
            return null;
        }

        if (mode == "train" && given.GetValueOrDefault("resume") is { } resume && resume.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return "graft train --resume";
        }

        string? target = rest.Where(word => word != mode).FirstOrDefault() is { } first && !first.Contains('=') && !first.StartsWith('-') ? first : null;
        string? data = target is not null && mode == "train" && !IsModel(target) && IsData(target) ? target : null;
        string? weights = target is not null && mode == "train" && IsModel(target) ? target : null;
        if (!foreign && data is null && weights is null && !given.ContainsKey("model") && !given.ContainsKey("source") && !given.ContainsKey("mode"))
        {
            return null;
        }

        string? kept = data is null && weights is null ? target : null;
        string? model = given.GetValueOrDefault("model") ?? weights;
        List<string> line = ["graft", mode!];
        line.AddRange(mode switch
        {
            "train" => Training(model, kept),
            "val" => [model ?? kept ?? "RUN"],
            _ => [model ?? kept ?? "RUN", given.GetValueOrDefault("source") ?? "IMAGES"],
        });
        if (mode != "predict" && (data ?? given.GetValueOrDefault("data")) is { } where && !rest.Contains("--data"))
        {
            line.AddRange(["--data", where]);
        }
        else if (mode == "train" && !rest.Contains("--data"))
        {
            line.AddRange(["--data", "DATA"]);
        }

        if (mode == "train")
        {
            line.AddRange(given.GetValueOrDefault("project") is { } project ? ["--project", project] : []);
            line.AddRange(given.GetValueOrDefault("name") is { } name ? ["--name", name] : []);
        }

        line.AddRange(rest.Where(word => word != mode && word != target && !(Pair().Match(word) is { Success: true } pair && Without.Contains(pair.Groups[1].Value))));
        return string.Join(' ', line.Select(word => word.Contains(' ') ? $"\"{word}\"" : word));
    }

    /// <summary>A configuration and, for a weight file, the base.</summary>
    private static string[] Training(string? model, string? config)
    {
        if (model is null)
        {
            return [config ?? "start/scratch"];
        }

        string name = Path.GetFileName(model);
        string? known = Ten().Match(name) is { Success: true } ten ? $"yolov10/{ten.Groups[1].Value.ToLowerInvariant()}"
            : World().Match(name) is { Success: true } world
                ? $"yolo_world/{(world.Groups[2].Value.Length > 0 ? "v2" : "v1")}_{world.Groups[1].Value.ToLowerInvariant()}" : null;
        if (!IsWeights(model) && !Directory.Exists(model))
        {
            return [known is not null && name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && !File.Exists(model) ? known : model];
        }

        // A weight file of an unsupported family cannot be a base; start/scratch trains without one.
        return known is not null ? [known, "--base", model]
            : name.EndsWith(".pt", StringComparison.OrdinalIgnoreCase) && Other().IsMatch(name) ? ["start/scratch"]
            : ["start/adapt", "--base", model];
    }

    private static bool IsWeights(string word) => Path.GetExtension(word).ToLowerInvariant() is ".pt" or ".pth" or ".safetensors" or ".ckpt" or ".onnx";

    /// <summary>A weight file or a run folder where a configuration is expected.</summary>
    private static bool IsModel(string word) => IsWeights(word) || Directory.Exists(Path.Combine(word, "weights"));

    /// <summary>A data set where a configuration is expected: a folder, a COCO file, or a YAML file with class names.</summary>
    private static bool IsData(string word)
    {
        if (Directory.Exists(word) || Path.GetExtension(word).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        try
        {
            return File.Exists(word) && Path.GetExtension(word).ToLowerInvariant() is ".yaml" or ".yml" && File.ReadLines(word).Take(1000).Any(line => Names().IsMatch(line));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex("^(?:--)?([a-z_]+)=(.*)$", RegexOptions.Singleline)]
    private static partial Regex Pair();

    [GeneratedRegex("^(names|nc)\\s*:")]
    private static partial Regex Names();

    [GeneratedRegex("^yolov10([nsmblx])\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Ten();

    [GeneratedRegex("^yolov8([smlx])-world(v2)?\\b", RegexOptions.IgnoreCase)]
    private static partial Regex World();

    [GeneratedRegex("^yolo", RegexOptions.IgnoreCase)]
    private static partial Regex Other();
}
