namespace Graft.VisionLanguage;

/// <summary>How the next token is chosen, and when to stop.</summary>
public sealed record GenerationOptions
{
    /// <summary>The best token every time, as deterministic checks need it.</summary>
    public static readonly GenerationOptions Greedy = new() { Temperature = 0, MinNewTokens = 0, RepetitionPenalty = 1 };

    /// <summary>Most tokens of an answer.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Fewest tokens before the answer may end.</summary>
    public int MinNewTokens { get; init; } = 5;

    /// <summary>Spread of the choice, at most 1; at 0.1 and below the best token is taken.</summary>
    public double Temperature { get; init; } = 0.7;

    /// <summary>Only the best tokens that together have this probability are considered.</summary>
    public double TopP { get; init; } = 0.9;

    /// <summary>Only so many of the best tokens are considered; 0 for all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Scores of tokens that the answer has already are divided by this (negative ones multiplied).</summary>
    public double RepetitionPenalty { get; init; } = 1.1;

    /// <summary>Seed of the choice; equal seeds give equal answers.</summary>
    public int Seed { get; init; }

    internal bool Samples => Temperature > 0.1;
}
