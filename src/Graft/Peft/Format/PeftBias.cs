namespace Graft.Peft;

/// <summary>Which biases of the base an adapter replaces.</summary>
public enum PeftBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Every bias of the base.</summary>
    All,

    /// <summary>The biases of the adapted layers.</summary>
    LoraOnly,
}
