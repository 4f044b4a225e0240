using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>A network with a deployed form: normalisations and parallel branches folded, without the parts that only training needs.</summary>
public interface IFoldable
{
    /// <summary>A new network in that form, with the attached layers; this one is not changed.</summary>
    /// <param name="log">Receives what was folded.</param>
    /// <exception cref="GraftException">A layer is attached inside a unit that is folded.</exception>
    DetectionNetwork Fold(RewriteLog? log = null);
}
