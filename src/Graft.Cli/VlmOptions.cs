using Graft.Text;
using Graft.VisionLanguage;

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
        PanoramaOptions defaults = new();
        return defaults with
        {
            Strategy = Choice<CropStrategy>(arguments, "crop") ?? defaults.Strategy,
            FovDegrees = arguments.Number("fov", defaults.FovDegrees, new NumberRange(0, 360, LowExclusive: true)),
            Overlap = arguments.Number("view-overlap", defaults.Overlap, new NumberRange(0, 1, HighExclusive: true)),
        };
    }

    internal static GenerationOptions Generation(Arguments arguments)
    {
        GenerationOptions defaults = arguments.Has("greedy") ? GenerationOptions.Greedy : new GenerationOptions();
        return defaults with
        {
            MaxNewTokens = arguments.Integer("max-new-tokens", defaults.MaxNewTokens, 1),
            MinNewTokens = arguments.Integer("min-new-tokens", defaults.MinNewTokens, 0),
            Temperature = arguments.Number("temperature", defaults.Temperature, 0, 1),
            TopP = arguments.Number("top-p", defaults.TopP, new NumberRange(0, 1, LowExclusive: true)),
            TopK = arguments.Integer("top-k", defaults.TopK, 0),
            RepetitionPenalty = arguments.Number("repetition-penalty", defaults.RepetitionPenalty, new NumberRange(0, LowExclusive: true)),
            Seed = arguments.Integer("seed", defaults.Seed, 0),
        };
    }

    internal static PanoramaTrainingOptions Training(Arguments arguments)
    {
        PanoramaTrainingOptions defaults = new();
        return defaults with
        {
            Stage = Choice<PanoramaStage>(arguments, "stage") ?? throw Arguments.Wrong("--stage is missing.", "vision, resampler or finetune."),
            Steps = arguments.Integer("steps", defaults.Steps, 0),
            LearningRate = arguments.Number("lr", defaults.LearningRate, 0, 10),
            LoraRank = arguments.Integer("rank", defaults.LoraRank, 1, 4096),
            LoraAlpha = arguments.Number("alpha", defaults.LoraAlpha, 0, 100_000),
            LoraDropout = arguments.Number("dropout", defaults.LoraDropout, 0, 0.99),
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
        => [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(word => NumberText.Whole(word) is >= 0 and <= int.MaxValue and long id ? (int)id
            : throw Arguments.Wrong($"--prompt-ids: '{word}' is not an id, expected whole numbers from 0."))];

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
