using Graft;
using Graft.Files;

// Reads a weight file of any supported format; nothing in it is executed.
// ReadWeights FILE [part of a name]

if (args.Length == 0)
{
    Console.Error.WriteLine("ReadWeights FILE [part of a name]");
    return (int)Failure.Usage;
}

try
{
    using WeightFile file = WeightFile.Open(args[0]);
    Console.WriteLine($"{file.Format}, {file.Entries.Count} tensors, {file.Entries.Sum(entry => entry.ElementCount):N0} values");
    foreach (WeightEntry entry in file.Entries.Where(entry => args.Length < 2 || entry.Name.Contains(args[1], StringComparison.Ordinal)))
    {
        double[] values = entry.ToDoubles();
        string norm = values.Length == 0 ? "empty" : $"{values.Min():g4} to {values.Max():g4}, norm {Math.Sqrt(values.Sum(value => value * value)):g4}";
        Console.WriteLine($"{entry.Name} {entry.DType} {string.Join("×", entry.Shape)}: {norm}");
    }

    foreach (string remark in file.Remarks)
    {
        Console.WriteLine(remark);
    }

    return 0;
}
catch (GraftException error)
{
    Console.Error.WriteLine($"{error.Message} {error.Hint}");
    return (int)error.Failure;
}
