namespace Graft.Testing;

/// <summary>Finds the shared reference data (<c>../shared</c> of the checkout) and the small goldens that are committed.</summary>
public static class Shared
{
    private static readonly string? Root = Climb(directory => Directory.Exists(Path.Combine(directory, "shared", "golden"))
        ? Path.Combine(directory, "shared")
        : null);

    /// <summary>The folder of the shared data, or null when this machine does not have it.</summary>
    public static string? Find() => Root;

    /// <summary>A path inside the shared data; throws when it is absent, so use it behind <see cref="SharedFactAttribute"/>.</summary>
    public static string PathOf(params string[] parts)
        => Path.Combine([Root ?? throw new InvalidOperationException("The shared data is absent."), .. parts]);

    /// <summary>A path inside <c>tests/Goldens</c> of this checkout.</summary>
    public static string Golden(params string[] parts)
    {
        string goldens = Climb(directory => File.Exists(Path.Combine(directory, "Graft.slnx"))
            ? Path.Combine(directory, "tests", "Goldens")
            : null) ?? throw new InvalidOperationException("tests/Goldens was not found above the test's binaries.");
        return Path.Combine([goldens, .. parts]);
    }

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
