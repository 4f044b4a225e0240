namespace Graft.Reports.Pages;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="IsNumeric">Whether its cells are numbers, which are right-aligned.</param>
public sealed record TableColumn(string Name, bool IsNumeric = true)
{
    /// <summary>Whether its cells are short names, which are not broken into lines.</summary>
    public bool IsShort { get; init; }

    /// <summary>A column of text.</summary>
    public static TableColumn Text(string name) => new(name, IsNumeric: false);

    /// <summary>A column of short names.</summary>
    public static TableColumn Short(string name) => new(name, IsNumeric: false) { IsShort = true };
}
