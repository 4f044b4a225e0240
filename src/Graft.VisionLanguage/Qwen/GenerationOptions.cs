namespace Graft.VisionLanguage;

/// <summary>Settings of token sampling and of the answer length.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most likely token each time, for deterministic checks.</summary>
    public static readonly GenerationOptions Greedy = new() { Temperature = 0, MinNewTokens = 0, RepetitionPenalty = 1 };

    /// <summary>Largest number of tokens of an answer.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Smallest number of tokens of an answer.</summary>
    public int MinNewTokens { get; init; } = 5;

    /// <summary>Sampling temperature, at most 1; at 0.1 and below the most likely token is taken.</summary>
    public double Temperature { get; init; } = 0.7;

    /// <summary>Only the most likely tokens of this total probability are considered (nucleus sampling).</summary>
    public double TopP { get; init; } = 0.9;

    /// <summary>Only this many most likely tokens are considered; 0: all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Scores of tokens that the answer already contains are divided by this (negative ones multiplied).</summary>
    public double RepetitionPenalty { get; init; } = 1.1;

    /// <summary>Seed of the sampling; equal seeds give equal answers.</summary>
    public int Seed { get; init; }

    internal bool Samples => Temperature > 0.1;
}
