namespace Graft.Files;

/// <summary>A file that is written beside its place and moved there when it is whole. Whatever stops the writing, the previous file is
/// intact; a partial file that was left behind is replaced by the next.</summary>
public sealed class PartialFile : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<PartialFile> Unfinished = [];

    private readonly string _target;

    /// <summary>Names the file; nothing is written yet.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="ending">What its name ends with while it is written.</param>
    public PartialFile(string target, string ending = ".partial")
    {
        _target = System.IO.Path.GetFullPath(target);
        Path = _target + ending;
        lock (Gate)
        {
            Unfinished.Add(this);
        }
    }

    /// <summary>Where it is written.</summary>
    public string Path { get; }

    /// <summary>Deletes every partial file of the program, for a program that ends at once: no file is moved to its place after that, and
    /// whoever tries to waits for the end.</summary>
    public static void Abandon()
    {
        Gate.Enter();
        foreach (PartialFile file in Unfinished)
        {
            Delete(file.Path);
        }
    }

    /// <summary>Moves the file, which is written and closed, to its place.</summary>
    public void Finish()
    {
        lock (Gate)
        {
            File.Move(Path, _target, overwrite: true);
            Unfinished.Remove(this);
        }
    }

    /// <summary>Deletes what was written, unless it is finished.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (Unfinished.Remove(this))
            {
                Delete(Path);
            }
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What stopped the writing is the error to report; a partial file is harmless.
        }
    }
}
