namespace Graft.Text;

/// <summary>The contents of a byte-pair tokenizer's files, in any of their formats.</summary>
internal sealed record TokenizerParts
{
    /// <summary>The file or folder, for messages.</summary>
    public required string Source { get; init; }

    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>Pairs in the order of their ranks.</summary>
    public required IReadOnlyList<(string Left, string Right)> Merges { get; init; }

    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>Suffix of the last symbol of a word: <c>&lt;/w&gt;</c> for CLIP, nothing for Qwen.</summary>
    public string EndOfWord { get; init; } = "";

    /// <summary>The split expression, when the files name one.</summary>
    public string? SplitExpression { get; init; }

    /// <summary>Whether text is brought into normalization form C first.</summary>
    public bool NormalizesToC { get; init; } = true;

    /// <summary>Whether HTML entities are resolved first, as CLIP's authors do and the Hugging Face tokenizer does not.</summary>
    public bool ResolvesHtml { get; init; }

    public GraftException Broken(string what)
        => new(Failure.Model, $"{Source}: {what}.", "The tokenizer's files are damaged or belong to different models; download them again.");
}
