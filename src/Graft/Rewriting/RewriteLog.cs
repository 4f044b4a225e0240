namespace Graft.Rewriting;

/// <summary>What a chain of rewrites did: what was merged or folded, what was not and why, and remarks.</summary>
public sealed class RewriteLog
{
    private readonly List<FoldedPart> _folded = [];
    private readonly List<LeftPart> _left = [];
    private readonly List<string> _notes = [], _steps = [];

    /// <summary>The rewrites, in order.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>Parts that were merged or folded, in that order.</summary>
    public IReadOnlyList<FoldedPart> Folded => _folded;

    /// <summary>Parts that cannot be merged.</summary>
    public IReadOnlyList<LeftPart> Left => _left;

    /// <summary>One sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    internal void Step(string step) => _steps.Add(step);

    /// <summary>Records a part that was merged or folded into others.</summary>
    /// <param name="name">Dotted path of the part.</param>
    /// <param name="rule">The identity that was used, as text.</param>
    /// <param name="into">Dotted paths of the layers that contain it afterwards.</param>
    public void Fold(string name, string rule, params string[] into) => _folded.Add(new FoldedPart(name, rule, into));

    internal void Leave(string name, string reason) => _left.Add(new LeftPart(name, reason));

    /// <summary>Records a sentence for the report.</summary>
    public void Note(string sentence) => _notes.Add(sentence);
}
