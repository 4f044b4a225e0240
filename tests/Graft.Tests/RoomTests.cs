using System.Text.RegularExpressions;

namespace Graft.Tests;

/// <summary>Every top folder has a README, and the files that it names exist.</summary>
[SideBySide]
public sealed partial class RoomTests
{
    private static string Source => Path.Combine(Shared.Checkout, "src");

    private static IEnumerable<string> Rooms => Directory.EnumerateDirectories(Source).Concat(Directory.EnumerateDirectories(Path.Combine(Source, "Graft")))
        .Where(folder => Path.GetFileName(folder) is not ("obj" or "bin"));

    [Fact]
    public void EveryRoom_HasAReadme()
    {
        string[] without = [.. Rooms.Where(folder => !File.Exists(Path.Combine(folder, "README.md"))).Select(folder => Path.GetRelativePath(Source, folder))];
        Assert.True(without.Length == 0, $"no README.md in {string.Join(", ", without)}");
    }

    [Fact]
    public void FilesThatReadmesName_Exist()
    {
        string[] missing = [.. Rooms.SelectMany(folder => Named().Matches(File.ReadAllText(Path.Combine(folder, "README.md")))
            .Select(match => match.Groups[1].Value)
            .Where(file => !new[] { folder, Source, Path.Combine(Source, "Graft"), Shared.Checkout }.Any(root => Path.Exists(Path.Combine(root, file))))
            .Select(file => $"{Path.GetRelativePath(Source, folder)}/README.md names {file}"))];
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }

    [GeneratedRegex(@"`([\w./-]+(?:\.cs|\.md|\.h|/[\w.-]+))`")]
    private static partial Regex Named();
}
