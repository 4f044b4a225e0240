using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>A detector of a joined model.</summary>
/// <param name="Name">Its name: <c>base</c>, or that of a branch.</param>
/// <param name="Detector">In evaluation mode.</param>
/// <param name="Names">Names under which its classes appear in the joined model, in its own label order.</param>
public sealed record JoinedMember(string Name, IDetector Detector, IReadOnlyList<string> Names);
