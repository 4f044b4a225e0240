using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>How tokens of an answer are sampled.</summary>
internal sealed class GeneratingOptions
{
    private static readonly GenerationOptions Defaults = new();

    private readonly Option<bool> _greedy = Define.Flag("--greedy", "the most likely token each time, without sampling");
    private readonly Option<double?> _temperature = Define.Number(
        "--temperature", "X", $"sampling temperature, {Defaults.Temperature} without it", new NumberRange(0, 1));
    private readonly Option<double?> _topP = Define.Number(
        "--top-p", "X", $"sample from the most likely tokens of this total probability, {Defaults.TopP} without it", new NumberRange(0, 1, LowExclusive: true));
    private readonly Option<int?> _topK = Define.Integer(
        "--top-k", "N", $"sample from this many most likely tokens, {Defaults.TopK} without it; 0: all", new NumberRange(0, int.MaxValue));
    private readonly Option<double?> _penalty = Define.Number(
        "--repetition-penalty", "X", $"divides the score of tokens that the answer already contains, {Defaults.RepetitionPenalty} without it", new NumberRange(0, LowExclusive: true));
    private readonly Option<int?> _most = Define.Integer(
        "--max-new-tokens", "N", $"longest answer, {Defaults.MaxNewTokens} without it", new NumberRange(1, int.MaxValue));
    private readonly Option<int?> _least = Define.Integer(
        "--min-new-tokens", "N", $"shortest answer, {Defaults.MinNewTokens} without it", new NumberRange(0, int.MaxValue));

    internal IEnumerable<Option> All => [_greedy, _temperature, _topP, _topK, _penalty, _most, _least];

    internal GenerationOptions Read(Arguments arguments, int? seed)
    {
        GenerationOptions defaults = arguments.Value(_greedy) ? GenerationOptions.Greedy : Defaults;
        return defaults with
        {
            MaxNewTokens = arguments.Value(_most) ?? defaults.MaxNewTokens,
            MinNewTokens = arguments.Value(_least) ?? defaults.MinNewTokens,
            Temperature = arguments.Value(_temperature) ?? defaults.Temperature,
            TopP = arguments.Value(_topP) ?? defaults.TopP,
            TopK = arguments.Value(_topK) ?? defaults.TopK,
            RepetitionPenalty = arguments.Value(_penalty) ?? defaults.RepetitionPenalty,
            Seed = seed ?? defaults.Seed,
        };
    }
}
