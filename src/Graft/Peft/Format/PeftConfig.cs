using System.Globalization;

namespace Graft.Peft;

/// <summary>The settings of a LoRA adapter in <c>adapter_config.json</c>; fields that do not affect its result are omitted.</summary>
public sealed record PeftConfig
{
    /// <summary>The file's name in an adapter's folder.</summary>
    public const string FileName = "adapter_config.json";

    /// <summary>Rank of the update, unless <see cref="RankPattern"/> overrides it.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The update is scaled by alpha / rank, unless <see cref="AlphaPattern"/> overrides alpha.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Whether the update is scaled by alpha / √rank instead (rank-stabilised LoRA, arXiv:2312.03732).</summary>
    public bool UseRsLora { get; init; }

    /// <summary>Whether only the direction of the weight is updated and its length is stored apart (DoRA, arXiv:2402.09353).</summary>
    public bool UseDora { get; init; }

    /// <summary>Whether the second matrix has a bias.</summary>
    public bool LoraBias { get; init; }

    /// <summary>Whether base weights are stored transposed, in×out, as in GPT-2.</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>Which biases of the base are replaced.</summary>
    public PeftBias Bias { get; init; }

    /// <summary>The adapted modules.</summary>
    public PeftTargets TargetModules { get; init; } = PeftTargets.None;

    /// <summary>Modules that are not adapted even if <see cref="TargetModules"/> names them.</summary>
    public PeftTargets ExcludeModules { get; init; } = PeftTargets.None;

    /// <summary>Modules that the adapter replaces as a whole.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>The layer numbers that are adapted; null for all.</summary>
    public IReadOnlyList<long>? LayersToTransform { get; init; }

    /// <summary>Names of the layer lists that <see cref="LayersToTransform"/> applies to; empty: all.</summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    /// <summary>Ranks of single modules: regular expressions on the end of the module name, the first that fits counts.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>Alphas of single modules: regular expressions on the end of the module name, the first that fits counts.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>Dropout during training; merging does not use it.</summary>
    public double Dropout { get; init; }

    /// <summary>What the model is for, such as <c>CAUSAL_LM</c>; information only.</summary>
    public string? TaskType { get; init; }

    /// <summary>Which model was adapted; information only, never opened.</summary>
    public string? BaseModel { get; init; }

    /// <summary>How training began: <c>true</c>, <c>gaussian</c>, <c>pissa</c>, ….</summary>
    public string Initialization { get; init; } = "true";

    /// <summary>Remarks for the user, one sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The rank of a module.</summary>
    /// <param name="module">Its path in the base model.</param>
    public int RankOf(string module) => First(RankPattern, module, Rank);

    /// <summary>The alpha of a module.</summary>
    /// <param name="module">Its path in the base model.</param>
    public double AlphaOf(string module) => First(AlphaPattern, module, Alpha);

    /// <summary>What the product of a module's two matrices is multiplied with.</summary>
    /// <param name="module">Its path in the base model.</param>
    public double ScalingOf(string module)
        => AlphaOf(module) / (UseRsLora ? Math.Sqrt(RankOf(module)) : RankOf(module));

    /// <summary>Whether a module is adapted according to this configuration.</summary>
    /// <param name="module">Its path in the base model.</param>
    /// <param name="firstNumber">
    /// Whether the layer number is the first number in the path, as in PEFT 0.20, rather than the last, as in 0.17.
    /// </param>
    public bool Targets(string module, bool firstNumber = false) => ModuleMatching.IsTargeted(this, module, firstNumber);

    /// <summary>Rank and alpha in one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"rank {Rank}, alpha {Alpha}{(UseRsLora ? ", rank-stabilised" : "")}{(UseDora ? ", DoRA" : "")}");

    private static T First<T>(IReadOnlyList<KeyValuePair<string, T>> patterns, string module, T otherwise)
    {
        foreach ((string pattern, T value) in patterns)
        {
            if (PeftPattern.FitsEnd(pattern, module))
            {
                return value;
            }
        }

        return otherwise;
    }
}
