using Graft.Runtime;

namespace Graft.Text;

/// <summary>Embeds prompt sets by any text encoder, with a cache.</summary>
public static class PromptEncoding
{
    private const int BatchSize = 64;

    /// <summary>Embeds the classes of a prompt set.</summary>
    /// <param name="encoder">The text encoder.</param>
    /// <param name="prompts">The classes.</param>
    /// <param name="synonyms">What to do with several prompts of one class.</param>
    /// <param name="cache">Where embeddings are cached; null: nowhere.</param>
    /// <param name="progress">Receives encoded and total prompts after each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static PromptEmbeddings Embed(
        this ITextEncoder encoder, PromptSet prompts, SynonymUse synonyms = SynonymUse.Average, EmbeddingCache? cache = null,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(prompts);
        List<IReadOnlyList<string>> classes = [.. prompts.Classes.Select(c => synonyms == SynonymUse.First ? [c[0]] : c)];
        string[] distinct = [.. classes.SelectMany(c => c).Distinct()];
        Dictionary<string, string> keys = distinct.ToDictionary(prompt => prompt, prompt => EmbeddingCache.KeyOf(encoder.Reading(prompt)), StringComparer.Ordinal);
        Dictionary<string, float[]> known = Encode(encoder, keys, cache, progress, cancellation);
        float[] values = [.. classes.SelectMany(c => UnitMean([.. c.Select(prompt => known[keys[prompt]])]))];
        return new PromptEmbeddings(values, encoder.Id.Width, classes)
        {
            Encoder = encoder.Id,
            Notes = [.. distinct.Select(encoder.Remark).OfType<string>()],
        };
    }

    private static Dictionary<string, float[]> Encode(
        ITextEncoder encoder, Dictionary<string, string> keys, EmbeddingCache? cache, Action<int, int>? progress, CancellationToken cancellation)
    {
        TextEncoderId id = encoder.Id;
        Dictionary<string, float[]> known = cache?.Read(id.Hash, id.Width) ?? [];
        (string Key, string Prompt)[] wanted = [.. keys.GroupBy(entry => entry.Value, entry => entry.Key).Select(group => (group.Key, group.First()))];
        (string Key, string Prompt)[] missing = [.. wanted.Where(text => !known.ContainsKey(text.Key)).OrderBy(text => text.Prompt.Length)];
        int done = wanted.Length - missing.Length;
        progress?.Invoke(done, wanted.Length);
        foreach ((string Key, string Prompt)[] batch in missing.Chunk(BatchSize))
        {
            float[] rows = encoder.Embed([.. batch.Select(text => text.Prompt)], cancellation);
            for (int i = 0; i < batch.Length; i++)
            {
                known[batch[i].Key] = rows[(i * id.Width)..((i + 1) * id.Width)];
            }

            progress?.Invoke(done += batch.Length, wanted.Length);
        }

        if (missing.Length > 0)
        {
            cache?.Write(id.Hash, known);
        }

        return known;
    }

    private static IEnumerable<float> UnitMean(float[][] rows)
    {
        if (rows.Length == 1)
        {
            return rows[0];
        }

        double[] mean = [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Sum(row => (double)row[i]))];
        double length = Math.Sqrt(mean.Sum(m => m * m));
        return mean.Select(m => (float)(m / length));
    }
}
