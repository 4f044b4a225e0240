namespace Graft.Bench;

/// <summary>One reader with its damaged files.</summary>
/// <param name="Next">Damages the next file and reads it: the number of the outcome, and what to tell who repairs the reader, empty when it
/// ended well.</param>
/// <param name="Current">The file that is being read.</param>
/// <param name="Folder">What is deleted at the end; null for nothing.</param>
internal sealed record ReaderTrial(Func<(int Outcome, string Detail)> Next, Func<byte[]> Current, IDisposable? Folder = null) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Folder?.Dispose();
}
