namespace Graft.VisionLanguage;

/// <summary>Chooses the next token from its scores.</summary>
internal sealed class TokenChooser(GenerationOptions options)
{
    private readonly Random _random = new(options.Seed);

    /// <summary>The next token after those of the answer so far; the scores are overwritten.</summary>
    public int Choose(float[] scores, IReadOnlyList<int> answer, IReadOnlyCollection<int> ends)
    {
        foreach (int token in answer.Distinct())
        {
            scores[token] *= (float)(scores[token] < 0 ? options.RepetitionPenalty : 1 / options.RepetitionPenalty);
        }

        if (answer.Count < options.MinNewTokens)
        {
            foreach (int end in ends)
            {
                scores[end] = float.NegativeInfinity;
            }
        }

        return options.Samples ? Sample(scores) : Best(scores);
    }

    private static int Best(float[] scores)
    {
        int best = 0;
        for (int token = 1; token < scores.Length; token++)
        {
            if (scores[token] > scores[best])
            {
                best = token;
            }
        }

        return best;
    }

    private int Sample(float[] scores)
    {
        int considered = options.TopK > 0 ? Math.Min(options.TopK, scores.Length) : scores.Length;
        int[] tokens = [.. Enumerable.Range(0, scores.Length)];
        float[] negated = [.. scores.Select(score => -score)];
        Array.Sort(negated, tokens);
        double temperature = Math.Min(options.Temperature, 1), largest = scores[tokens[0]];
        double[] weights = [.. tokens.Take(considered).Select(token => Math.Exp((scores[token] - largest) / temperature))];
        double total = weights.Sum(), kept = 0;
        int count = 0;
        while (count < weights.Length && (count == 0 || kept < options.TopP * total))
        {
            kept += weights[count++];                       // the token that crosses the share still belongs to it
        }

        double drawn = _random.NextDouble() * kept;
        for (int i = 0; i < count; i++)
        {
            drawn -= weights[i];
            if (drawn < 0)
            {
                return tokens[i];
            }
        }

        return tokens[count - 1];
    }
}
