using Graft.Torch.Distributed;

namespace Graft.Runs;

/// <summary>Inputs of a training run besides its configuration.</summary>
public sealed record TrainingRequest
{
    /// <summary>Folder against which relative paths of the configuration are also resolved.</summary>
    public string? ConfigFolder { get; init; }

    /// <summary>Weights to start from: a run folder (its best weights), a weight file of Graft, or an official checkpoint; null: random
    /// weights.</summary>
    public string? Base { get; init; }

    /// <summary>Parent of the run folder.</summary>
    public string Project { get; init; } = "runs/detect";

    /// <summary>Name of the run folder; a number is added when it exists.</summary>
    public string Name { get; init; } = "train";

    /// <summary>Exact run folder, instead of project and name; refused when it holds a run.</summary>
    public string? WorkDir { get; init; }

    /// <summary>Replace the run that <see cref="WorkDir"/> holds.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The command line, for the report.</summary>
    public string Command { get; init; } = "graft train";

    /// <summary>Continue this run.</summary>
    public Resumption? Resume { get; init; }

    /// <summary>Processes that train together, each with a shard of every batch; rank 0 writes the run folder. Null: this process trains
    /// alone.</summary>
    public ProcessGroup? Group { get; init; }

    /// <summary>Whether this process writes the run folder.</summary>
    internal bool Writes => Group is not { Leads: false };

    /// <summary>Refuses a folder that may not be written, before anything is computed; <see cref="Claim"/> checks again under the lock.</summary>
    internal void RequireFolder()
    {
        if (WorkDir is null || Resume is not null || !Writes)
        {
            return;
        }

        RunLock.RequireNone(WorkDir);
        if (!Overwrite)
        {
            RunFolder.RequireFree(WorkDir);
        }
        else if (Base is not null && Path.GetFullPath(Base).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(WorkDir)) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new GraftException(Failure.Refused, $"--overwrite would delete the base {Base}, which lies in {WorkDir}.", "Give another --work-dir.");
        }
    }

    /// <summary>Creates the run folder, or uses a given one, and locks it.</summary>
    /// <exception cref="GraftException">Of kind Refused: it is in use, or holds a run.</exception>
    internal RunLock Claim(out RunFolder folder)
    {
        folder = Resume?.Folder ?? (WorkDir is not null ? RunFolder.At(WorkDir) : RunFolder.Create(Project, Name));
        RunLock held = RunLock.Take(folder.Path);
        try
        {
            if (Resume is not null)
            {
                Resume.RequireSamePlace();
            }
            else
            {
                if (Overwrite)
                {
                    folder.Clear();
                }

                RunFolder.RequireFree(folder.Path);
            }

            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
