using System.Diagnostics;
using System.Net;
using Graft.Torch.Interop;

namespace Graft.Torch.Distributed;

/// <summary>How processes find each other.</summary>
public sealed partial class ProcessGroup
{
    /// <summary>Meets the other processes.</summary>
    /// <param name="place">The place of this process.</param>
    /// <exception cref="GraftException">Of kind Usage: the port is taken, the rank is given twice, the machine of rank 0 is unknown; of kind Runtime: a rank
    /// does not come in time.</exception>
    public static ProcessGroup Join(ProcessRank place)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (Native.graft_has_groups() == 0)
        {
            throw new GraftException(Graft.Failure.Runtime, "This libgraft.so was built without Gloo, which several processes need.", "Build it against Debian's libtorch: leave GRAFT_LIBTORCH out.");
        }

        // Another program on the port may never answer, and the store waits for ever.
        Task<ProcessGroup> joining = Task.Run(() => Meet(place));
        Task.WaitAny(joining, Task.Delay(TimeSpan.FromSeconds(place.JoinSeconds) + FarewellLimit));
        return joining.IsCompleted ? joining.GetAwaiter().GetResult()
            : throw new GraftException(Graft.Failure.Runtime, $"What listens at {place.Host}:{place.Port} does not answer rank {place.Rank}.", "Is MASTER_PORT that of rank 0 of this job? Choose a free one.");
    }

    private static ProcessGroup Meet(ProcessRank place)
    {
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan limit = TimeSpan.FromSeconds(place.JoinSeconds);
        string address = LocalAddress.Towards(place.Host, place.Port, limit).ToString();
        KeyValueStore store = Connect(place, place.Rank == 0 && !place.LauncherServes, limit);
        if (store.Add($"claim/{place.Rank}", 1) > 1)
        {
            throw new GraftException(
                Graft.Failure.Usage, $"Another process at {place.Host}:{place.Port} has RANK={place.Rank} already.", "Give each process its own RANK, and each job its own MASTER_PORT.");
        }

        GroupMember self = new(place.Rank, Environment.MachineName, Environment.ProcessId, address);
        store.Set($"who/{place.Rank}", self.ToJson());
        GroupMember[] members = Await(store, place, watch, limit);
        if (members.Any(member => IsLoopback(member) != IsLoopback(members[0])))
        {
            GroupMember odd = members.First(IsLoopback);
            throw new GraftException(
                Graft.Failure.Usage, $"Rank {odd.Rank} ({odd.Name}) would be reached at {odd.Address}, which only its own machine can.",
                "Set MASTER_ADDR to an address that all machines know, or GLOO_SOCKET_IFNAME to the interface between them.");
        }

        return new ProcessGroup(place, store, members, Connect(place, serve: false, limit));
    }

    private static bool IsLoopback(GroupMember member) => IPAddress.IsLoopback(IPAddress.Parse(member.Address));

    private static KeyValueStore Connect(ProcessRank place, bool serve, TimeSpan limit)
    {
        try
        {
            return KeyValueStore.Open(place.Host, place.Port, serve, limit, place.Prefix);
        }
        catch (GraftException error) when (serve && error.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
        {
            throw new GraftException(Graft.Failure.Usage, $"MASTER_PORT {place.Port} is taken by another program on this machine.", "Choose a free port.", error);
        }
        catch (GraftException error) when (serve)
        {
            throw new GraftException(
                Graft.Failure.Usage, $"Rank 0 cannot meet the others at {place.Host}:{place.Port}: {error.Message.Split('\n')[0]}", "Set MASTER_ADDR to a name or address of the machine that rank 0 runs on.", error);
        }
        catch (GraftException error)
        {
            throw new GraftException(
                Graft.Failure.Runtime, FormattableString.Invariant($"Rank {place.Rank} did not reach rank 0 at {place.Host}:{place.Port} within {limit.TotalSeconds:0} s."),
                "Start rank 0, and check MASTER_ADDR, MASTER_PORT and the firewall between the machines; GRAFT_JOIN_TIMEOUT sets the seconds.", error);
        }
    }

    /// <summary>Waits for every rank.</summary>
    private static GroupMember[] Await(KeyValueStore store, ProcessRank place, Stopwatch watch, TimeSpan limit)
    {
        GroupMember?[] members = new GroupMember?[place.Size];
        while (true)
        {
            for (int rank = 0; rank < place.Size; rank++)
            {
                members[rank] ??= GroupMember.FromJson(store.Text($"who/{rank}"));
            }

            int[] missing = [.. Enumerable.Range(0, place.Size).Where(rank => members[rank] is null)];
            if (missing.Length == 0)
            {
                return members!;
            }

            if (watch.Elapsed > limit)
            {
                throw new GraftException(
                    Graft.Failure.Runtime, FormattableString.Invariant($"{Named(missing)} of {place.Size} did not come within {limit.TotalSeconds:0} s."),
                    $"Start every rank with WORLD_SIZE={place.Size} and MASTER_ADDR={place.Host}; GRAFT_JOIN_TIMEOUT sets the seconds.");
            }

            Thread.Sleep(Slice / 2);
        }
    }

    private static string Named(int[] ranks) => ranks.Length == 1 ? FormattableString.Invariant($"Rank {ranks[0]}")
        : $"Ranks {string.Join(", ", ranks.Take(10))}{(ranks.Length > 10 ? ", …" : "")}";
}
