namespace Graft.Runtime;

/// <summary>Which text encoder made embeddings: a model that was trained on those of one cannot use those of another.</summary>
/// <param name="Name">Its name, such as <c>minilm</c>.</param>
/// <param name="Hash">SHA-256 of its weights, 64 hexadecimal digits.</param>
/// <param name="Width">Numbers of an embedding.</param>
public sealed record TextEncoderId(string Name, string Hash, int Width)
{
    /// <summary>Name and the first digits of the hash.</summary>
    public override string ToString() => $"{Name} ({Hash[..Math.Min(8, Hash.Length)].ToLowerInvariant()})";
}
