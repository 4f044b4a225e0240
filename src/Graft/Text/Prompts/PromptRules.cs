namespace Graft.Text;

/// <summary>What a prompt list may contain beside distinct, visible prompts.</summary>
public sealed record PromptRules
{
    /// <summary>Whether blank prompts are allowed, as a background class; they encode as start and end tokens alone.</summary>
    public bool AllowBlank { get; init; }

    /// <summary>Whether two classes may share a first prompt.</summary>
    public bool AllowDuplicates { get; init; }
}
