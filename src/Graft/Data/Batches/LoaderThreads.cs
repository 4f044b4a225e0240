using System.Collections.Concurrent;

namespace Graft.Data;

/// <summary>
/// Runs tasks on a few threads that live as long as the process. The system's allocator caches freed images per thread that made
/// them: on the runtime's pool, whose threads change, each new thread would add its own cache to a long run.
/// </summary>
internal sealed class LoaderThreads : TaskScheduler
{
    private readonly BlockingCollection<Task> _waiting = [];
    private readonly Lock _guard = new();
    private int _count;

    /// <summary>The loaders of this process.</summary>
    public static LoaderThreads Shared { get; } = new();

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => Math.Max(1, _count);

    /// <summary>Starts threads up to this number.</summary>
    public void Grow(int count)
    {
        lock (_guard)
        {
            for (; _count < count; _count++)
            {
                new Thread(Work) { IsBackground = true, Name = $"graft loader {_count}" }.Start();
            }
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => _waiting.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _waiting;

    private void Work()
    {
        foreach (Task task in _waiting.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }
}
