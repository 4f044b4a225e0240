using Xunit;

namespace Graft.Testing;

/// <summary>Recorded results of other implementations: the complete set of the shared data, or else the committed selection.</summary>
public static class GoldenData
{
    /// <summary>The file or folder, or null when neither place has it.</summary>
    public static string? Find(params string[] parts) => FindBelow(Shared.Find(), parts);

    /// <summary>The same with another folder for the shared data, or none.</summary>
    public static string? FindBelow(string? shared, params string[] parts)
    {
        string committed = Shared.Golden(parts), complete = shared is null ? committed : Path.Combine([shared, "golden", .. parts]);
        return Exists(complete) ? complete : Exists(committed) ? committed : null;
    }

    /// <summary>The file or folder; throws when it is absent, so use it behind <see cref="GoldenFactAttribute"/>.</summary>
    public static string PathOf(params string[] parts)
        => Find(parts) ?? throw new InvalidOperationException($"The golden data {string.Join('/', parts)} is absent.");

    /// <summary>Why a test that needs this data is skipped, or null when the data exists.</summary>
    internal static string? Missing(string needs)
        => Find(needs.Split('/')) is null ? $"The golden data {needs} is neither in ../shared nor committed." : null;

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}

/// <summary>A fact on golden data, skipped where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenFactAttribute : FactAttribute
{
    /// <summary>Skips the test when the data is absent.</summary>
    /// <param name="needs">File or folder below <c>golden</c>, with slashes.</param>
    public GoldenFactAttribute(string needs) => Skip = GoldenData.Missing(needs);
}

/// <summary>A theory on golden data, skipped where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the test when the data is absent.</summary>
    /// <param name="needs">File or folder below <c>golden</c>, with slashes.</param>
    public GoldenTheoryAttribute(string needs) => Skip = GoldenData.Missing(needs);
}
