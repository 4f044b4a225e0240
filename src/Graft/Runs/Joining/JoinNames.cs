namespace Graft.Runs;

/// <summary>Names of members, and of their classes in the joined model.</summary>
/// <remarks>A member is named after its run folder or its file: <c>base</c>, <c>line-3</c>, a second one of a name <c>line-3-2</c>.</remarks>
public static class JoinNames
{
    /// <summary>Name of the first member.</summary>
    public const string Base = "base";

    /// <summary>Names of the branches.</summary>
    /// <param name="targets">Run folders and files.</param>
    public static IReadOnlyList<string> OfBranches(IReadOnlyList<string> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        List<string> names = [Base];
        foreach (string target in targets)
        {
            string stem = Stem(target), name = stem;
            for (int number = 2; names.Contains(name); number++)
            {
                name = $"{stem}-{number}";
            }

            names.Add(name);
        }

        return names[1..];
    }

    /// <summary>Names of all classes in the joined model, by member.</summary>
    /// <param name="members">Names of the members with their own class names, the base first.</param>
    /// <param name="request">Renames and prefix.</param>
    /// <exception cref="GraftException">Of kind Usage: two classes of one name, or a rename that names no member or no class of it.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Of(IReadOnlyList<(string Name, IReadOnlyList<string> Classes)> members, JoinRequest request)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(request);
        string?[][] renamed = [.. members.Select(member => new string?[member.Classes.Count])];
        foreach (string rename in request.Renames)
        {
            (int member, int label, string name) = Parse(rename, members);
            renamed[member][label] = name;
        }

        string[][] names = [.. members.Select((member, i) => member.Classes
            .Select((own, label) => renamed[i][label] ?? (request.Prefix && i > 0 ? $"{member.Name}/{own}" : own)).ToArray())];
        Dictionary<string, int> taken = [];
        for (int i = 0; i < names.Length; i++)
        {
            for (int label = 0; label < names[i].Length; label++)
            {
                string name = names[i][label], own = members[i].Classes[label];
                if (!taken.TryAdd(name, i))
                {
                    throw new GraftException(
                        Failure.Usage, $"{members[taken[name]].Name} and {members[i].Name} both have the class '{name}'; the joined model needs different names.",
                        $"Rename one, --rename \"{members[i].Name}:{own}=NEW NAME\", or name the classes of every branch {members[i].Name}/{own} with --prefix.");
                }
            }
        }

        return names;
    }

    private static (int Member, int Label, string Name) Parse(string rename, IReadOnlyList<(string Name, IReadOnlyList<string> Classes)> members)
    {
        int member = Enumerable.Range(0, members.Count).Where(i => rename.StartsWith($"{members[i].Name}:", StringComparison.Ordinal))
            .DefaultIfEmpty(-1).MaxBy(i => i < 0 ? -1 : members[i].Name.Length);
        if (member < 0)
        {
            string[] known = [.. members.Select(one => one.Name)];
            throw new GraftException(
                Failure.Usage, $"--rename is '{rename}', expected MEMBER:OLD=NEW with a member's name.",
                Nearest.Suggestion(rename.Split(':')[0], known) ?? $"The members are {Listed.All(known)}.");
        }

        string change = rename[(members[member].Name.Length + 1)..];
        IReadOnlyList<string> classes = members[member].Classes;
        int label = Enumerable.Range(0, classes.Count).FirstOrDefault(i => change.StartsWith($"{classes[i]}=", StringComparison.Ordinal), -1);
        if (label < 0 || string.IsNullOrWhiteSpace(change[(classes[label].Length + 1)..]))
        {
            throw new GraftException(
                Failure.Usage, label < 0
                    ? $"--rename is '{rename}': {members[member].Name} has no class '{change.Split('=')[0]}'."
                    : $"--rename is '{rename}': the new name is empty.",
                label < 0 ? Nearest.Suggestion(change.Split('=')[0], classes) ?? $"Its classes are {Listed.All(classes)}." : "Write MEMBER:OLD=NEW.");
        }

        return (member, label, change[(classes[label].Length + 1)..].Trim());
    }

    /// <summary>The run folder of <c>RUN/weights/adapter.safetensors</c>, the name of another folder, or that of a file without extension.</summary>
    private static string Stem(string target)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (Directory.Exists(path))
        {
            return Path.GetFileName(path);
        }

        string folder = Path.GetDirectoryName(path) ?? "";
        return Path.GetFileName(folder) == "weights" ? Path.GetFileName(Path.GetDirectoryName(folder)) ?? "branch" : Path.GetFileNameWithoutExtension(path);
    }
}
