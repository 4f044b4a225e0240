using Graft.Detection;
using Graft.Models.YoloWorld;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>A rewritten model with its proof; the original is untouched and known, so that it can be rewritten again.</summary>
public sealed class Rewritten : IDisposable
{
    internal Rewritten(Subject subject, Subject source, Vocabulary? words, RewriteLog log, Proof proof, RewriteReport report)
        => (Subject, Source, Words, Log, Proof, Report) = (subject, source, words, log, proof, report);

    /// <summary>The rewritten network and how to ask it.</summary>
    public Subject Subject { get; }

    /// <summary>The network that it was made from; not disposed by this.</summary>
    public Subject Source { get; }

    /// <summary>The words of the original; for a network that holds them itself now, a record of what they were.</summary>
    public Vocabulary? Words { get; }

    /// <summary>What was done.</summary>
    public RewriteLog Log { get; }

    /// <summary>Both models side by side.</summary>
    public Proof Proof { get; }

    /// <summary>Everything as data.</summary>
    public RewriteReport Report { get; }

    /// <summary>The rewritten network.</summary>
    public Module Network => Subject.Network;

    /// <summary>The rewritten network as a YOLO-World.</summary>
    /// <exception cref="InvalidCastException">It is another kind of network.</exception>
    public YoloWorld World => (YoloWorld)Network;

    /// <summary>Frees the rewritten network.</summary>
    public void Dispose() => Network.Dispose();
}
