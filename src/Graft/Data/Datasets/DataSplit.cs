namespace Graft.Data;

/// <summary>Which part of a data set.</summary>
public enum DataSplit
{
    /// <summary>For training.</summary>
    Train,

    /// <summary>For validation.</summary>
    Val,
}
