using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>A network that has a form for deployment: normalisations and parallel branches folded, without the parts that only training needs.</summary>
public interface IFoldable
{
    /// <summary>A new network in that form, with the attached layers; this one is not changed.</summary>
    /// <param name="log">Receives what was folded.</param>
    /// <exception cref="GraftException">Something is attached inside what is folded.</exception>
    DetectionNetwork Fold(RewriteLog? log = null);
}
