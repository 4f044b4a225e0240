namespace Graft.Checks;

/// <summary>How much a problem matters.</summary>
public enum CheckSeverity
{
    /// <summary>Data is lost, training refuses it, or metrics become wrong.</summary>
    Error,

    /// <summary>Probably a mistake.</summary>
    Warning,

    /// <summary>Worth a look; often on purpose.</summary>
    Remark,
}
