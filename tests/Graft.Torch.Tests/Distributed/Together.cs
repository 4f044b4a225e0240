using Graft.Torch.Distributed;

namespace Graft.Torch.Tests.Distributed;

/// <summary>Several ranks of a group, each on a thread of this process.</summary>
internal static class Together
{
    /// <summary>Runs a function on every rank.</summary>
    /// <returns>The results, by rank.</returns>
    internal static T[] Run<T>(int size, Func<ProcessGroup, T> run)
    {
        int port = Ports.Free();
        Task<T>[] ranks = [.. Enumerable.Range(0, size).Select(rank => Task.Factory.StartNew(
            () =>
            {
                using ProcessGroup group = ProcessGroup.Join(new ProcessRank(rank, size, "127.0.0.1", port) { JoinSeconds = 60 });
                return run(group);
            },
            TaskCreationOptions.LongRunning))];
        return [.. ranks.Select(task => task.GetAwaiter().GetResult())];
    }
}
