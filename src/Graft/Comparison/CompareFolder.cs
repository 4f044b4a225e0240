using Graft.Files;
using Graft.Reports;
using Graft.Runs;

namespace Graft.Comparison;

/// <summary>The folder of a comparison, and the names of its files.</summary>
public sealed class CompareFolder
{
    private const string Project = "runs/compare", Name = "compare", PlanFile = "compare.json";

    private CompareFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What is run.</summary>
    public string Plan => In(PlanFile);

    /// <summary>The table.</summary>
    public string Table => In("results.csv");

    /// <summary>Everything that was measured and computed from it.</summary>
    public string Json => In("results.json");

    /// <summary>The page.</summary>
    public string Page => In("report.html");

    /// <summary>The same as Markdown.</summary>
    public string Markdown => In("report.md");

    /// <summary>Validation images with what the strategies find and miss.</summary>
    public string Picture => In("found_and_missed.jpg");

    /// <summary>What frozen parts give, while the comparison runs.</summary>
    internal string Features => In("features");

    /// <summary>The resolved configuration of a strategy.</summary>
    public string Config(string strategy) => In("strategies", strategy + ".yaml");

    /// <summary>A path inside the folder.</summary>
    public string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Opens a comparison to continue it.</summary>
    /// <exception cref="GraftException">Of kind Usage: no comparison is there; of kind Data: its plan is damaged or of another version.</exception>
    public static (CompareFolder Folder, ComparePlan Plan) Open(string path)
    {
        CompareFolder folder = new(path);
        if (!File.Exists(folder.Plan))
        {
            throw new GraftException(Failure.Usage, $"The folder {path} holds no comparison: it has no {PlanFile}.", "Give the folder that graft compare wrote.");
        }

        ComparePlan plan = ReportJson.Load<ComparePlan>(folder.Plan);
        return plan.Version == ComparePlan.CurrentVersion ? (folder, plan) : throw new GraftException(
            Failure.Data, $"{folder.Plan} has version {plan.Version}; this Graft reads version {ComparePlan.CurrentVersion}.", "Start the comparison again in another folder.");
    }

    /// <summary>Chooses the folder of a new comparison and checks that it may be written.</summary>
    /// <exception cref="GraftException">Of kind Refused: it holds a comparison; of kind Usage: it is a file.</exception>
    internal static CompareFolder Take(CompareRequest request)
    {
        if (request.Folder is not { } given)
        {
            return new CompareFolder(RunFolder.CreateEmpty(Project, Name));
        }

        if (File.Exists(given))
        {
            throw new GraftException(Failure.Usage, $"--out {given} is a file; expected the folder to write.", "Give another --out.");
        }

        CompareFolder folder = new(given);
        if (File.Exists(folder.Plan) && !request.Overwrite)
        {
            throw new GraftException(
                Failure.Refused, $"The folder {given} already holds a comparison.", $"Continue it with --resume {given}, give another --out, or replace it with --overwrite.");
        }

        AtomicFile.RequireWritable(folder.Plan);
        return folder;
    }

    /// <summary>Removes the cells and results of an earlier comparison.</summary>
    internal void Clear()
    {
        foreach (string below in new[] { In("cells"), In("strategies"), In("subsets"), Features }.Where(Directory.Exists))
        {
            Directory.Delete(below, recursive: true);
        }

        foreach (string file in new[] { Plan, Table, Json, Page, Markdown, Picture }.Where(File.Exists))
        {
            File.Delete(file);
        }
    }

    /// <summary>Removes a folder that was created for a comparison that did not begin.</summary>
    internal void Abandon()
    {
        if (Directory.Exists(Path) && !Directory.EnumerateFileSystemEntries(Path).Any())
        {
            Directory.Delete(Path);
        }
    }
}
