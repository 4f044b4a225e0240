namespace Graft.Adapters;

/// <summary>The mode in which an entry of <see cref="TuningOptions"/> applies.</summary>
public enum TuningWhen
{
    /// <summary>In both.</summary>
    Always,

    /// <summary>Only with the original's mistakes corrected, which is the default.</summary>
    AsPublished,

    /// <summary>Only with <c>tuning.as_run=true</c>.</summary>
    AsRun,
}
