namespace Graft.Text;

/// <summary>How the prompts of one class become one embedding.</summary>
public enum Synonyms
{
    /// <summary>Only the first prompt of each class counts.</summary>
    First,

    /// <summary>The unit embeddings of all its prompts are averaged and brought back to length one.</summary>
    Average,
}
