using System.ComponentModel.DataAnnotations;
using Graft.Text;

namespace Graft.Runs;

/// <summary>The <c>text:</c> section: where words come from, whether they learn, and which of them an image is shown in training.</summary>
public sealed record TextOptions
{
    /// <summary>Let the N×D embeddings of the classes learn (prompt tuning); with a frozen network nothing else does.</summary>
    public bool Learn { get; init; }

    /// <summary>Put a small network behind the learned embeddings: D→2D→D with a residual connection, the identity at the start.</summary>
    public bool Mlp { get; init; }

    /// <summary>CLIP folder or YOLO-World checkpoint whose text tower embeds the prompts; null: stand-ins, or <c>data.embeddings</c>.</summary>
    public string? Model { get; init; }

    /// <summary>Folder of the tokenizer, where it is not beside the tower.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>What becomes of several prompts of one class.</summary>
    public SynonymUse Synonyms { get; init; }

    /// <summary>Words that an image is shown in a training step: those of its objects, and others that are not there (negatives), drawn at
    /// random; 0: all classes, every time.</summary>
    [Range(0, 100000)]
    public int Shown { get; init; }

    /// <summary>Further words that are drawn as negatives and are never right: a prompt file, a list "a,b", or a <c>.npy</c> file.</summary>
    public string? Negatives { get; init; }
}
