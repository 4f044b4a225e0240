using System.Globalization;
using Graft;
using Graft.Bench;

// Entries take "name=value" arguments. Results go to stdout; the exit code is 0 only if all checks pass.
Dictionary<string, Func<Settings, int>> entries = new()
{
    ["fuzz"] = FuzzEntry.Run,
    ["texts"] = TextsEntry.Run,
    ["memory"] = MemoryEntry.Run,
    ["hostile"] = HostileEntry.Run,
    ["panorama"] = PanoramaEntry.Run,
    ["operator"] = OperatorEntry.Run,
    ["preprocess"] = PreprocessEntry.Run,
    ["runtime"] = RuntimeEntry.Run,
    ["adapters"] = AdaptersEntry.Run,
    ["base"] = BaseEntry.Run,
    ["generate"] = GenerateEntry.Run,
    ["scale"] = ScaleEntry.Run,
};
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0 || !entries.TryGetValue(args[0], out Func<Settings, int>? entry))
{
    Console.Error.WriteLine($"Name one of {string.Join(", ", entries.Keys)}; bench/README.md says what they do.");
    return (int)Failure.Usage;
}

try
{
    return entry(new Settings(args[1..]));
}
catch (GraftException error)
{
    Console.Error.WriteLine($"{error.Message} {error.Hint}");
    return (int)error.Failure;
}
