namespace Graft.Files;

/// <summary>What a <see cref="StateHash"/> takes of a tensor beside its bytes.</summary>
public enum StateHashHeading
{
    /// <summary>Name, element type and shape: adapter files and everything new.</summary>
    NameTypeShape,

    /// <summary>The name and a line feed: the base of a PanoramaVLM's adapter.</summary>
    NameLine,

    /// <summary>The name alone: the text encoder that a cache of embeddings belongs to.</summary>
    Name,
}
