using System.Globalization;
using Graft;
using Graft.Cli;

// Texts and numbers are the same everywhere, whatever the machine's language.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string name = args.Length == 0 ? "--help" : args[0];
Command? command = Command.All.FirstOrDefault(one => one.Name == name);
try
{
    if (name is "--version" or "-V" or "version")
    {
        Console.WriteLine($"graft {typeof(Command).Assembly.GetName().Version!.ToString(3)}");
        return 0;
    }

    if (name is "help" && args.Length > 1 && Command.All.FirstOrDefault(one => one.Name == args[1]) is { } asked)
    {
        Console.WriteLine(asked.Usage);
        return 0;
    }

    if (name is "--help" or "-h" or "help")
    {
        Console.WriteLine(Command.Overview());
        return 0;
    }

    Habits.Answer(args);
    if (command is null)
    {
        string? near = Nearest.To(name, Command.All.Select(one => one.Name));
        throw new GraftException(Failure.Usage, $"There is no command '{name}'.", near is null ? "graft --help lists the commands." : $"Did you mean 'graft {near}'?");
    }

    return command.Execute(args[1..]);
}
catch (Exception error)
{
    return FailureOutput.Print(error, name, args);
}
