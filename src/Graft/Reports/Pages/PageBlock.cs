namespace Graft.Reports.Pages;

/// <summary>One piece of a page, from top to bottom.</summary>
public abstract record PageBlock;
