using Graft.Data;

namespace Graft.Evaluation;

/// <summary>The annotations and detections of one class after matching.</summary>
/// <param name="Annotations">By place of the image among the sorted ids.</param>
/// <param name="Detections">The best of each image, best first over all images.</param>
internal sealed record CocoMatchedClass(IReadOnlyDictionary<int, List<CocoAnnotation>> Annotations, CocoRankedDetection[] Detections);
