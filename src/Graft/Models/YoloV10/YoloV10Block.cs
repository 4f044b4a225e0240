using System.Globalization;
using Graft.Models.Blocks;
using Graft.Torch.Layers;

namespace Graft.Models.YoloV10;

/// <summary>Creates a single block by its published name and arguments, to run it alone.</summary>
public static class YoloV10Block
{
    private static readonly Dictionary<string, (string[] Arguments, Func<Arguments, bool, Layer> Make)> Known = new(StringComparer.Ordinal)
    {
        ["Conv"] = (["c1", "c2", "k", "s", "g", "act"],
            (a, folded) => new ConvNorm(a.Int("c1"), a.Int("c2"), a.Int("k", 1), a.Int("s", 1), a.Int("g", 1), a.Flag("act", true), folded: folded)),
        ["Bottleneck"] = (["c1", "c2", "shortcut", "e"],
            (a, folded) => new Bottleneck(a.Int("c1"), a.Int("c2"), a.Flag("shortcut", true), PairKeys.Cv, a.Number("e", 0.5), folded)),
        ["C2f"] = (["c1", "c2", "n", "shortcut"],
            (a, folded) => SplitChain.OfBottlenecks(a.Int("c1"), a.Int("c2"), a.Int("n", 1), a.Flag("shortcut"), folded)),
        ["SPPF"] = (["c1", "c2", "k"], (a, folded) => new PoolPyramid(a.Int("c1"), a.Int("c2"), PairKeys.Cv, a.Int("k", 5), folded)),
        ["SCDown"] = (["c1", "c2", "k", "s"],
            (a, folded) => new ChannelThenSpaceDown(a.Int("c1"), a.Int("c2"), a.Int("k", 3), a.Int("s", 2), folded)),
        ["RepVGGDW"] = (["c"], (a, folded) => new BranchedDepthwise(a.Int("c"), folded)),
        ["CIB"] = (["c1", "c2", "shortcut", "e", "lk"],
            (a, folded) => new CompactInverted(a.Int("c1"), a.Int("c2"), a.Flag("shortcut", true), a.Number("e", 0.5), a.Flag("lk"), folded)),
        ["C2fCIB"] = (["c1", "c2", "n", "shortcut", "lk"],
            (a, folded) => SplitChain.OfCompact(a.Int("c1"), a.Int("c2"), a.Int("n", 1), a.Flag("shortcut"), a.Flag("lk"), folded)),
        ["Attention"] = (["dim", "num_heads", "attn_ratio"],
            (a, folded) => new Attention(a.Int("dim"), a.Int("num_heads", 8), a.Number("attn_ratio", 0.5), folded)),
        ["PSA"] = (["c1"], (a, folded) => new PartialSelfAttention(a.Int("c1"), folded)),
    };

    /// <summary>Names of the blocks.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Creates a block with fresh weights.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Arguments by name, such as <c>c1</c>, <c>c2</c>, <c>n</c>, <c>lk</c>.</param>
    /// <param name="folded">Build the folded form.</param>
    /// <exception cref="GraftException">No such block or argument, an argument is missing, or its value does not fit.</exception>
    public static Layer Create(string name, IReadOnlyDictionary<string, string> options, bool folded = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(options);
        if (!Known.TryGetValue(name, out (string[] Arguments, Func<Arguments, bool, Layer> Make) block))
        {
            throw new GraftException(
                Failure.Usage, $"There is no YOLOv10 block '{name}'.",
                Nearest.Suggestion(name, Names) ?? $"Known are {string.Join(", ", Names)}.");
        }

        string? strange = options.Keys.FirstOrDefault(key => !block.Arguments.Contains(key));
        return strange is null ? block.Make(new Arguments(name, options), folded) : throw new GraftException(
            Failure.Usage, $"{name} has no argument '{strange}'.", $"It has {string.Join(", ", block.Arguments)}.");
    }

    private sealed record Arguments(string Block, IReadOnlyDictionary<string, string> Given)
    {
        internal int Int(string name, int? otherwise = null)
        {
            if (!Given.TryGetValue(name, out string? text))
            {
                return otherwise ?? throw new GraftException(Failure.Usage, $"{Block} needs '{name}'.", $"Add {name}=NUMBER.");
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
                ? value
                : throw Wrong(name, text, "a positive whole number");
        }

        internal double Number(string name, double otherwise)
        {
            if (!Given.TryGetValue(name, out string? text))
            {
                return otherwise;
            }

            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and < 100
                ? value
                : throw Wrong(name, text, "a positive number");
        }

        internal bool Flag(string name, bool otherwise = false) => Given.GetValueOrDefault(name)?.ToLowerInvariant() switch
        {
            null => otherwise,
            "true" or "1" => true,
            "false" or "0" => false,
            string text => throw Wrong(name, text, "true or false"),
        };

        private GraftException Wrong(string name, string text, string expected)
            => new(Failure.Usage, $"{Block}: {name} is '{text}', expected {expected}.");
    }
}
