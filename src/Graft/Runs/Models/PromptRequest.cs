namespace Graft.Runs;

/// <summary>The prompts of a model, and where their embeddings come from.</summary>
public sealed record PromptRequest
{
    /// <summary>Class names <c>"a,b"</c>, a <c>.json</c> or <c>.txt</c> file of them, or embeddings as <c>.npy</c>; null: those of the weight
    /// file.</summary>
    public string? Prompts { get; init; }

    /// <summary>A <c>.npy</c> file with the embeddings of the prompts; null: a text encoder makes them.</summary>
    public string? Embeddings { get; init; }

    /// <summary>CLIP text encoder: a Hugging Face folder, or a checkpoint that holds one; null: that of the weight file.</summary>
    public string? TextModel { get; init; }

    /// <summary>Folder with vocab.json and merges.txt, where the text encoder includes none.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Classes of the data to detect, in this order; null: those of the data.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Configuration of a weight file that contains none.</summary>
    public string? Config { get; init; }

    /// <summary>Settings to change, as <c>key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
