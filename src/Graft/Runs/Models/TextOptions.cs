using System.ComponentModel.DataAnnotations;
using Graft.Text;

namespace Graft.Runs;

/// <summary>The <c>text:</c> section: where text embeddings come from, whether they are trained, and how many prompts each training image is shown.</summary>
public sealed record TextOptions
{
    /// <summary>Train the N×D text embeddings of the classes (prompt tuning); with a frozen network only they are trained.</summary>
    public bool Learn { get; init; }

    /// <summary>Add a small network after the trained embeddings: D→2D→D with a residual connection, the identity at the start.</summary>
    public bool Mlp { get; init; }

    /// <summary>The text encoder of the prompts: <c>minilm</c>, a CLIP folder, or a YOLO-World checkpoint that holds one; <c>stand-in</c>: vectors
    /// drawn from letters, without meaning, for tests; null: <c>data.embeddings</c>, else that of the base, else <c>minilm</c> where <c>model.text_dim</c> is 384.</summary>
    public string? Model { get; init; }

    /// <summary>Folder of the tokenizer, where it is not beside the text encoder.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>How several prompts of one class are used.</summary>
    public SynonymUse Synonyms { get; init; }

    /// <summary>Number of prompts per image in a training step: those of its objects, and others that are absent (negatives), drawn at
    /// random; 0: all classes, every time.</summary>
    [Range(0, 100000)]
    public int Shown { get; init; }

    /// <summary>Further prompts that are drawn as negatives only: a prompt file, a list "a,b", or a <c>.npy</c> file.</summary>
    public string? Negatives { get; init; }

    /// <summary>Prompts of single objects, with attributes of their annotations in braces: <c>"{tone} {name}"</c>, where <c>{name}</c> is the
    /// class name. Attributes are the texts of <c>attributes</c> in a COCO file.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>Share of the classes of an image that are shown by a template instead of one of their prompts.</summary>
    [Range(0, 1)]
    public double TemplateShare { get; init; } = 0.5;
}
