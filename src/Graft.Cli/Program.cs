using System.Globalization;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

// Texts and numbers do not depend on the language of the machine.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
BuiltInEncoder.Register();
string name = args.Length == 0 ? "--help" : args[0];
try
{
    switch (name)
    {
        case "--version" or "-V" or "version":
            Console.WriteLine($"graft {typeof(CommandTree).Assembly.GetName().Version!.ToString(3)}");
            return 0;

        case "--help" or "-h" or "help":
            Console.WriteLine(CommandTree.Help([.. args.Skip(1)]));
            return 0;

        case var _ when name.StartsWith("[suggest", StringComparison.Ordinal):
            return CommandTree.Suggest(args);

        default:
            OtherTools.Answer(args);
            return CommandTree.Execute(name, args[1..]);
    }
}
catch (Exception error)
{
    return FailureOutput.Print(error, name, args);
}
