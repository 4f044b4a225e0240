namespace Graft.Text;

/// <summary>How several prompts of one class are used.</summary>
public enum SynonymUse
{
    /// <summary>Their normalised mean. Stand-ins, which carry no meaning, use the first.</summary>
    Average,

    /// <summary>The first only.</summary>
    First,

    /// <summary>Each image of each training step is shown one of them at random; everything else uses the mean.</summary>
    Sample,
}
