using System.CommandLine;

namespace Graft.Cli.CommandLine;

/// <summary>A command with actions: <c>graft peft check</c>, <c>graft bench infer</c>.</summary>
internal sealed class CommandGroup : CliNode
{
    private readonly string? _notes;
    private readonly CliCommand? _default;

    /// <param name="name">Name of the group.</param>
    /// <param name="summary">One line of the overview.</param>
    /// <param name="notes">Text of the help below the actions.</param>
    /// <param name="actions">Its actions, in the order of the help.</param>
    /// <param name="defaultAction">The action that runs when none is named; null: a missing action is an error.</param>
    internal CommandGroup(string name, string summary, string? notes, CliCommand[] actions, string? defaultAction = null)
        : base(name, summary)
    {
        (_notes, Actions) = (notes, actions);
        _default = Array.Find(actions, action => action.Name == defaultAction);
        foreach (CliCommand action in actions)
        {
            action.FullName = $"{name} {action.Name}";
            Definition.Add(action.Definition);
        }
    }

    internal IReadOnlyList<CliCommand> Actions { get; }

    internal override string? Notes => _notes;

    /// <summary>The action that the arguments name, at any position among options, and the arguments without it; null when only the help of the
    /// group is requested.</summary>
    /// <exception cref="GraftException">Of kind Usage: no action, or none of that name.</exception>
    internal (CliCommand Action, IReadOnlyList<string> Words)? Find(IReadOnlyList<string> words)
    {
        Option[] known = [.. Actions.SelectMany(action => action.Definition.Options).DistinctBy(option => option.Name)];
        List<Word> read = Words.Read(words, known, takesSettings: true);
        if (read.FirstOrDefault(word => word.Option is null && word.Key is null) is { } first)
        {
            CliCommand action = Actions.FirstOrDefault(one => one.Name == first.Value)
                ?? throw Arguments.Wrong(
                    $"graft {Name} has no action '{first.Value}'.",
                    Nearest.Suggestion(first.Value!, Actions.Select(one => one.Name)) ?? $"graft {Name} --help lists them.");
            return (action, [.. words.Where((_, i) => i != first.Position)]);
        }

        return read.Any(word => word.Option?.Name == CommonOptions.HelpName) ? null
            : (_default ?? throw Arguments.Wrong("An action is missing.", $"graft {Name} --help lists them."), words);
    }
}
