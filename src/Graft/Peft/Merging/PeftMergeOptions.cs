namespace Graft.Peft;

/// <summary>How a base and adapters are merged.</summary>
public sealed record PeftMergeOptions
{
    /// <summary>
    /// What every name of the model begins with in the base file, such as <c>model.</c> in Lightning checkpoints; it is omitted
    /// from the result.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>The part of the model that the adapters belong to, with a dot, such as <c>language_model.</c></summary>
    public string Owner { get; init; } = "";

    /// <summary>Subtracts the updates (unmerges) instead of adding them.</summary>
    public bool Unmerge { get; init; }

    /// <summary>Resizes embeddings and heads to the number of rows of an adapter.</summary>
    public bool ResizeEmbeddings { get; init; }

    /// <summary>Merges an adapter that has no tensors for some of the modules that its configuration targets.</summary>
    public bool AllowMissing { get; init; }
}
