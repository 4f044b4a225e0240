using System.Text.Json.Nodes;
using Graft;
using Graft.Cli;

string name = args.Length == 0 ? "--help" : args[0];
Command? command = Command.All.FirstOrDefault(one => one.Name == name);
bool json = args.Contains("--json");
try
{
    if (name is "--version" or "-V" or "version")
    {
        Console.WriteLine($"graft {typeof(Command).Assembly.GetName().Version!.ToString(3)}");
        return 0;
    }

    if (name is "--help" or "-h" or "help")
    {
        Console.WriteLine(Command.Overview());
        return 0;
    }

    if (command is null)
    {
        string? near = Nearest.To(name, Command.All.Select(one => one.Name));
        throw new GraftException(Failure.Usage, $"There is no command '{name}'.", near is null ? "graft --help lists the commands." : $"Did you mean 'graft {near}'?");
    }

    return command.Execute(args[1..]);
}
catch (GraftException error)
{
    Console.Error.WriteLine($"graft: {error.Message}");
    if (error.Hint is not null)
    {
        Console.Error.WriteLine($"  hint: {error.Hint}");
    }

    if (error.Details is not null && args.Contains("--verbose"))
    {
        Console.Error.WriteLine(error.Details);
    }

    if (json)
    {
        Console.WriteLine(new JsonObject { ["error"] = error.Message, ["hint"] = error.Hint, ["kind"] = error.Failure.ToString().ToLowerInvariant() }.ToJsonString());
    }

    return (int)error.Failure;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutOfMemoryException)
{
    Console.Error.WriteLine($"graft: {error.Message}");
    return (int)Failure.Runtime;
}
