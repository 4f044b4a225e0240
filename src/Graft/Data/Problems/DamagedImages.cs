namespace Graft.Data;

/// <summary>How image files that are cut off or corrupt are treated.</summary>
public enum DamagedImages
{
    /// <summary>They are skipped and counted.</summary>
    Skip,

    /// <summary>They are used as far as they can be read, and counted.</summary>
    Use,
}
