namespace Graft.Adapters;

/// <summary>In which mode an entry of <see cref="TuningOptions"/> counts.</summary>
public enum TuningWhen
{
    /// <summary>In both.</summary>
    Always,

    /// <summary>Only with the original's mistakes put right, which is the normal mode.</summary>
    AsPublished,

    /// <summary>Only with <c>tuning.as_run=true</c>.</summary>
    AsRun,
}
