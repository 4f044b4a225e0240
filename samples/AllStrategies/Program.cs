using Graft.Samples;

// Trains every published strategy for a few epochs on one base and prints one table:
// dotnet run --project samples/AllStrategies -c Release -- --base runs/detect/base --data FOLDER --classes "spur,copper,pin-hole" --out runs/strategies

Dictionary<string, string> options = [];
string[] changes = [.. args.SkipWhile(word => word.StartsWith("--", StringComparison.Ordinal) || !word.Contains('=', StringComparison.Ordinal))];
string[] words = args[..^changes.Length];
for (int i = 0; i + 1 < words.Length && words[i].StartsWith("--", StringComparison.Ordinal); i += 2)
{
    options[words[i][2..]] = words[i + 1];
}

string[] known = ["base", "data", "classes", "out", "epochs", "lr", "only", "configs"];
if (words.Length != 2 * options.Count || options.Keys.Except(known).Any()
    || !options.TryGetValue("base", out string? start) || !options.TryGetValue("data", out string? data))
{
    Console.Error.WriteLine("AllStrategies --base RUN|FILE --data FOLDER [--classes \"a,b\"] [--epochs 3] [--lr 0.002] [--only NAME,NAME] [--out runs/strategies] [--configs configs/adapter] [KEY=VALUE ...]");
    return 2;
}

string folder = options.GetValueOrDefault("out", "runs/strategies");
HashSet<string> only = [.. options.GetValueOrDefault("only", "").Split(',', StringSplitOptions.RemoveEmptyEntries)];
string[] configs = [.. Directory.GetFiles(options.GetValueOrDefault("configs", "configs/adapter"), "*.yaml").Order(StringComparer.Ordinal)
    .Where(path => only.Count == 0 || only.Contains(Path.GetFileNameWithoutExtension(path)))];
if (configs.Length == 0)
{
    Console.Error.WriteLine($"No configuration of that name: {string.Join(", ", only)}.");
    return 2;
}

// Size N at 320 pixels with the built-in text encoder, whatever the published size of a strategy; mosaic in all epochs, so that losses can be
// compared. Published rates are for a hundred epochs: in three, adapters that start as the identity would hardly change, so all use one rate here.
List<string> overrides =
[
    "model.widen_factor=0.25", "model.deepen_factor=0.33", "model.last_stage_out_channels=1024", "model.text_dim=384", "train.imgsz=320", "train.batch=8",
    "train.close_mosaic=0", "train.save_period=0", "train.warmup_epochs=0.5",
    $"train.lr={options.GetValueOrDefault("lr", "0.002")}", $"train.epochs={options.GetValueOrDefault("epochs", "3")}",
];
if (options.TryGetValue("classes", out string? classes))
{
    overrides.Add($"data.classes=[{classes}]");
}

overrides.AddRange(changes);

List<StrategyRow> rows = [];
List<string> failures = [];
foreach (string config in configs)
{
    string name = Path.GetFileNameWithoutExtension(config);
    Console.Error.WriteLine($"{rows.Count + failures.Count + 1}/{configs.Length} {name}");
    try
    {
        rows.Add(StrategyRow.Run(name, config, start, data, Path.Combine(folder, name), overrides));
        Console.Error.WriteLine($"    {rows[^1]}");
    }
    catch (InvalidOperationException error)
    {
        failures.Add($"{name}: {error.Message}");
        Console.Error.WriteLine($"    FAILED: {error.Message}");
    }
}

string table = string.Join('\n', [StrategyRow.Head, .. rows.Select(row => row.ToString())]) + "\n";
Console.Write(table);
Directory.CreateDirectory(folder);
File.WriteAllText(Path.Combine(folder, "strategies.md"), table);
failures.ForEach(failure => Console.Error.WriteLine($"FAILED {failure}"));
return failures.Count == 0 ? 0 : 1;
