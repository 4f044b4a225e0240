namespace Graft.Reports.Pages;

/// <summary>One block of a page.</summary>
public abstract record PageBlock;
