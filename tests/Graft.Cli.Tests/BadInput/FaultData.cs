namespace Graft.Cli.Tests.BadInput;

/// <summary>Copies of the faulty inputs, and a tiny run with the classes disc and square.</summary>
public sealed class FaultData : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _run;

    public FaultData() => _run = new(() =>
    {
        string run = At("run");
        GraftCli.Run([.. Training(run, Copy("coco-area-zero"))]).Succeeds();
        return run;
    });

    /// <summary>A run folder of a detector for disc and square.</summary>
    internal string Run => _run.Value;

    /// <summary>A path in the temporary folder.</summary>
    internal string At(params string[] parts) => _folder.At(parts);

    /// <summary>A copy of a folder of faults that may be changed.</summary>
    internal string Copy(string name)
    {
        string source = Shared.PathOf("faults", name), target = At(Guid.NewGuid().ToString("n"), name);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }

        return target;
    }

    /// <summary>The arguments of a tiny training.</summary>
    internal static string[] Training(string run, string data, params string[] more)
        => ["train", "boards/scratch", "epochs=1", "imgsz=64", "batch=2", "text.model=stand-in", "--work-dir", run, "--data", data, .. more];

    public void Dispose() => _folder.Dispose();
}
