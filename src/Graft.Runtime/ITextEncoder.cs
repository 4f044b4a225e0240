namespace Graft.Runtime;

/// <summary>A text encoder: prompts to unit vectors, in whose space an open-vocabulary detector was trained.</summary>
/// <remarks>A detector understands the vectors of the encoder that it was trained with, and of no other, even of the same width.</remarks>
public interface ITextEncoder : IDisposable
{
    /// <summary>Which encoder it is; models record it.</summary>
    TextEncoderId Id { get; }

    /// <summary>A prompt as the encoder reads it; prompts of equal readings have equal embeddings.</summary>
    /// <param name="prompt">Any text.</param>
    string Reading(string prompt);

    /// <summary>Embeds prompts.</summary>
    /// <param name="prompts">Any texts; a prompt's embedding does not depend on the others.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>Count×width numbers, row by row; each row of length one.</returns>
    float[] Embed(IReadOnlyList<string> prompts, CancellationToken cancellation = default);

    /// <summary>What a user should know about a prompt: words that the encoder does not know, a text that is cut; null: nothing.</summary>
    /// <param name="prompt">Any text.</param>
    string? Remark(string prompt);
}
