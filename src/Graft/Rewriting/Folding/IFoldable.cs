using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>A network that has a form for deployment: normalisations and parallel branches folded, and nothing that only training needs.</summary>
public interface IFoldable
{
    /// <summary>A new network in that form, with what is attached; this one stays as it is.</summary>
    /// <param name="log">Gets what was folded.</param>
    /// <exception cref="GraftException">Something is attached inside what is folded.</exception>
    DetectionNetwork Fold(RewriteLog? log = null);
}
