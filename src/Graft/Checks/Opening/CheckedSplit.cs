using Graft.Data;

namespace Graft.Checks;

/// <summary>One split as far as it can be used; boxes have the labels of all splits together.</summary>
/// <param name="Name">train or val; data for a file that is no split.</param>
/// <param name="Data">Images and annotations.</param>
/// <param name="Images">The images of <paramref name="Data"/> with common labels.</param>
internal sealed record CheckedSplit(string Name, DetectionDataset Data, IReadOnlyList<DetectionImage> Images);
