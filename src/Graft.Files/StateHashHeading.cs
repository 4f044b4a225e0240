namespace Graft.Files;

/// <summary>What a <see cref="StateHash"/> includes of a tensor besides its bytes.</summary>
public enum StateHashHeading
{
    /// <summary>Name, element type and shape: adapter files, and the default for new uses.</summary>
    NameTypeShape,

    /// <summary>The name and a line feed: the base of a PanoramaVLM's adapter.</summary>
    NameLine,

    /// <summary>The name alone: the text encoder that a cache of embeddings belongs to.</summary>
    Name,
}
