using Graft.Models.VisionLanguage;
using Graft.Runs.Panorama;
using Graft.Text;

namespace Graft.Cli;

/// <summary>The options of <c>graft vlm</c> as the library's records.</summary>
internal static class VlmOptions
{
    internal static PanoramaOpening Opening(Arguments arguments)
    {
        string lora = arguments.Value("lora") ?? "auto";
        bool named = Parse<LoraChoice>(lora) is null || lora.Contains('/', StringComparison.Ordinal);
        return new PanoramaOpening
        {
            SizesFile = arguments.Value("config"),
            Lora = named ? LoraChoice.Folder : Parse<LoraChoice>(lora)!.Value,
            LoraFolder = named ? lora : null,
            Last = arguments.Has("last"),
            Aliases = Choice<AliasChoice>(arguments, "aliases") ?? AliasChoice.Refuse,
            Allowed = arguments.Values("allow"),
            LanguageModel = arguments.Value("language-model"),
        };
    }

    internal static PanoramaOptions Views(Arguments arguments)
    {
        var defaults = new PanoramaOptions();
        return defaults with
        {
            Strategy = Choice<CropStrategy>(arguments, "crop") ?? defaults.Strategy,
            FovDegrees = arguments.Number("fov", defaults.FovDegrees),
            Overlap = arguments.Number("view-overlap", defaults.Overlap),
        };
    }

    internal static GenerationOptions Generation(Arguments arguments)
    {
        GenerationOptions defaults = arguments.Has("greedy") ? GenerationOptions.Greedy : new GenerationOptions();
        GenerationOptions options = defaults with
        {
            MaxNewTokens = arguments.Integer("max-new-tokens", defaults.MaxNewTokens),
            MinNewTokens = arguments.Integer("min-new-tokens", defaults.MinNewTokens),
            Temperature = arguments.Number("temperature", defaults.Temperature),
            TopP = arguments.Number("top-p", defaults.TopP),
            TopK = arguments.Integer("top-k", defaults.TopK),
            RepetitionPenalty = arguments.Number("repetition-penalty", defaults.RepetitionPenalty),
            Seed = arguments.Integer("seed", defaults.Seed),
        };
        return options is { MaxNewTokens: >= 1, MinNewTokens: >= 0, Temperature: >= 0 and <= 1, TopP: > 0 and <= 1, TopK: >= 0, RepetitionPenalty: > 0 } ? options
            : throw Arguments.Wrong($"These settings of generation are not possible: {options}.", "--temperature is 0 to 1, --top-p above 0 to 1, counts are positive.");
    }

    internal static PanoramaTrainingOptions Training(Arguments arguments)
    {
        var defaults = new PanoramaTrainingOptions();
        return defaults with
        {
            Stage = Choice<PanoramaStage>(arguments, "stage") ?? throw Arguments.Wrong("--stage is missing.", "vision, resampler or finetune."),
            Steps = arguments.Integer("steps", defaults.Steps),
            LearningRate = arguments.Number("lr", defaults.LearningRate),
            LoraRank = arguments.Integer("rank", defaults.LoraRank) is >= 1 and int rank ? rank : throw Arguments.Wrong("--rank must be at least 1."),
            LoraAlpha = arguments.Number("alpha", defaults.LoraAlpha),
            LoraDropout = arguments.Number("dropout", defaults.LoraDropout),
            VicRegBatchwise = arguments.Has("vicreg-batchwise"),
        };
    }

    internal static PanoramaDescriber Describer(PanoramaModel opened, Arguments arguments)
        => new(opened.Model, QwenTokenizer.Load(PanoramaTraining.FindTokenizer(opened.Check.Choice.Path, arguments.Value("tokenizer"))
            ?? throw Arguments.Wrong("There is no tokenizer beside the checkpoint.", "Add --tokenizer DIR (tokenizer.json, or vocab.json with merges.txt).")), Views(arguments))
        {
            SystemMessage = arguments.Value("system"),
        };

    internal static int[] Ids(string text)
        => [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(word => int.TryParse(word, out int id) && id >= 0 ? id
            : throw Arguments.Wrong($"--prompt-ids: '{word}' is no id."))];

    private static T? Choice<T>(Arguments arguments, string option)
        where T : struct, Enum
        => arguments.Value(option) is not { } text ? null
            : Parse<T>(text) ?? throw Arguments.Wrong($"--{option}: '{text}' is not known.", $"One of {string.Join(", ", Enum.GetNames<T>().Select(Snake))}.");

    private static T? Parse<T>(string text)
        where T : struct, Enum
        => Enum.GetNames<T>().FirstOrDefault(name => Snake(name) == text.Replace('-', '_')) is { } found ? Enum.Parse<T>(found) : null;

    private static string Snake(string name)
        => string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
