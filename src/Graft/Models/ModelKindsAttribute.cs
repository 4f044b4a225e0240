using Graft.Configuration;

namespace Graft.Models;

/// <summary>The kinds of <c>model.kind</c>: one per registered family.</summary>
internal sealed class ModelKindsAttribute : KindListAttribute
{
    /// <inheritdoc/>
    public override IEnumerable<KindAttribute> Kinds
        => ModelFamilies.All.Select(family => new KindAttribute(family.Kind, family.Defaults.GetType()));
}
