namespace Graft.Testing;

/// <summary>
/// Finds the shared reference data (<c>../shared</c> of the checkout, or the folder that <c>GRAFT_SHARED</c> names) and the small goldens
/// that are committed.
/// </summary>
public static class Shared
{
    private static readonly string? Root = Environment.GetEnvironmentVariable("GRAFT_SHARED") is { Length: > 0 } named
        ? Directory.Exists(named) ? named : null
        : Climb(directory => Directory.Exists(Path.Combine(directory, "shared", "golden")) ? Path.Combine(directory, "shared") : null);

    /// <summary>The folder of the shared data, or null when this machine does not have it.</summary>
    public static string? Find() => Root;

    /// <summary>A path inside the shared data; throws when it is absent, so use it behind <see cref="SharedFactAttribute"/>.</summary>
    public static string PathOf(params string[] parts)
        => Path.Combine([Root ?? throw new InvalidOperationException("The shared data is absent."), .. parts]);

    /// <summary>The checkout that the tests were built in.</summary>
    public static string Checkout { get; } = Climb(directory => File.Exists(Path.Combine(directory, "Graft.slnx")) ? directory : null)
        ?? throw new InvalidOperationException("Graft.slnx was not found above the test's binaries.");

    /// <summary>A path inside <c>tests/Goldens</c> of this checkout.</summary>
    public static string Golden(params string[] parts) => Path.Combine([Checkout, "tests", "Goldens", .. parts]);

    private static string? Climb(Func<string, string?> look)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (look(at.FullName) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
