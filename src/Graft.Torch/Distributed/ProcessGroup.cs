using System.Diagnostics;
using System.Runtime.InteropServices;
using Graft.Torch.Interop;

namespace Graft.Torch.Distributed;

/// <summary>Processes that compute together, on one machine or several: c10d's process group with Gloo.</summary>
/// <remarks>Every process calls the same methods in the same order, with tensors of the same shape. One that fails or is lost stops the others
/// within <see cref="StopSeconds"/>.</remarks>
public sealed partial class ProcessGroup : IDisposable
{
    /// <summary>Seconds until the loss of a process has stopped the others.</summary>
    public const int StopSeconds = 10;

    private const string GlooFile = "gloo/";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.2), FarewellLimit = TimeSpan.FromSeconds(3);

    private readonly KeyValueStore _store;
    private readonly nint _group;
    private readonly GroupMonitor _monitor;
    private readonly Stopwatch _waiting = new();
    private volatile GroupFailure? _failure;

    private ProcessGroup(ProcessRank place, KeyValueStore store, IReadOnlyList<GroupMember> members, KeyValueStore heartbeats)
    {
        (Place, _store, Members) = (place, store, members);
        _monitor = new GroupMonitor(place, [.. members.Select(member => member.Name)], heartbeats, Stop);
        Native.Check(
            Native.graft_group_open(store.Handle, place.Rank, place.Size, members[place.Rank].Address, (long)TimeSpan.FromDays(1).TotalMilliseconds, out _group),
            $"connections between {place.Size} ranks");
    }

    /// <summary>The place of this process.</summary>
    public ProcessRank Place { get; }

    /// <summary>Number of this process, from 0.</summary>
    public int Rank => Place.Rank;

    /// <summary>Number of processes.</summary>
    public int Size => Place.Size;

    /// <summary>Whether this process writes what belongs to all: rank 0.</summary>
    public bool Leads => Rank == 0;

    /// <summary>All processes, by rank.</summary>
    public IReadOnlyList<GroupMember> Members { get; }

    /// <summary>Why the group stops; null while it works.</summary>
    public GroupFailure? Failure => _failure;

    /// <summary>Called on another thread when another process has failed or is lost.</summary>
    public Action<GroupFailure>? Stopped { get; set; }

    /// <summary>Bytes that this process has given to sums, gatherings and copies.</summary>
    public long Bytes { get; private set; }

    /// <summary>Seconds that this process has waited for others and for the network.</summary>
    public double WaitSeconds => _waiting.Elapsed.TotalSeconds;

    /// <summary>Whether this process tells the user why the group stops: one does.</summary>
    public bool Tells => Leads || (_failure is { Rank: 0, IsLoss: true } && Members.Skip(1).First(member => member.Host == Members[Rank].Host).Rank == Rank);

    /// <summary>Replaces a tensor by the sum of those of all processes.</summary>
    /// <param name="tensor">Contiguous; changed in place.</param>
    public void Add(Tensor tensor) => Finish(BeginAdd(tensor));

    /// <summary>Replaces tensors by the sums of those of all processes, all at the same time.</summary>
    /// <param name="tensors">Contiguous; changed in place.</param>
    public void Add(IReadOnlyList<Tensor> tensors)
    {
        nint[] works = [.. tensors.Select(BeginAdd)];
        Array.ForEach(works, Finish);
    }

    /// <summary>The sums of the numbers of all processes.</summary>
    public double[] Add(IReadOnlyList<double> numbers)
    {
        using Tensor tensor = Tensor.From<double>([.. numbers]);
        Add(tensor);
        return tensor.ToArray<double>();
    }

    /// <summary>Replaces a tensor by that of one process.</summary>
    /// <param name="tensor">Contiguous; changed in place.</param>
    /// <param name="from">Rank whose values all get.</param>
    public void Send(Tensor tensor, int from)
    {
        Bytes += Rank == from ? tensor.Count * tensor.ElementSize : 0;
        Check(Native.graft_group_send(_group, tensor, from, out nint work));
        Finish(work);
    }

    /// <summary>The bytes of one process.</summary>
    /// <param name="bytes">Of the process that has them; not read elsewhere.</param>
    /// <param name="from">Its rank.</param>
    public byte[] Send(byte[]? bytes, int from)
    {
        using Tensor length = Tensor.From([(long)(bytes?.Length ?? 0)]);
        Send(length, from);
        long count = length.ToArray<long>()[0];
        if (count == 0)
        {
            return [];
        }

        using Tensor data = Rank == from ? Tensor.From(bytes!) : Tensor.Zeros([count], DType.Byte);
        Send(data, from);
        return data.ToArray<byte>();
    }

    /// <summary>The bytes of every process, by rank.</summary>
    public byte[][] Gather(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        double[] own = new double[Size];
        own[Rank] = bytes.Length;
        int[] lengths = [.. Add(own).Select(length => (int)length)];
        int most = lengths.Max();
        if (most == 0)
        {
            return [.. lengths.Select(_ => Array.Empty<byte>())];
        }

        using Tensor mine = Tensor.From([.. bytes, .. new byte[most - bytes.Length]]), all = Tensor.Zeros([Size, most], DType.Byte);
        Bytes += bytes.Length;
        Check(Native.graft_group_gather(_group, mine, all, out nint work));
        Finish(work);
        byte[] joined = all.ToArray<byte>();
        return [.. lengths.Select((length, rank) => joined.AsSpan(rank * most, length).ToArray())];
    }

    /// <summary>Takes the next number of a list that the processes share, from 0; each number goes to one of them.</summary>
    /// <param name="list">Name of the list.</param>
    public int Take(string list) => (int)_store.Add($"taken/{list}", 1) - 1;

    /// <summary>Waits until every process is here.</summary>
    public void Meet() => Add([0]);

    /// <summary>Tells the others that this process cannot go on, and waits until they know.</summary>
    /// <returns>Whether they can be told.</returns>
    public bool Fail(GraftException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        bool told = true;
        if (_failure is null)
        {
            GroupFailure own = GroupFailure.Of(Members[Rank], error);
            try
            {
                if (_store.Add("failures", 1) == 1)
                {
                    _store.Set(GroupFailure.Key, own.ToJson());
                }
            }
            catch (GraftException)
            {
                told = false;                                // without the store the others notice the silence
            }

            _failure = own;
        }

        Farewell();
        return told;
    }

    /// <summary>Leaves the group; rank 0, which serves the store, waits for the others.</summary>
    public void Dispose()
    {
        if (_failure is not null)
        {
            return;                                          // its connections may hang; the process ends
        }

        Farewell();
        _monitor.Dispose();
        if (_failure is null)
        {
            Native.graft_group_free(_group);
            _store.Dispose();
        }
    }

    /// <summary>The number that the group's kernels take; 0: none.</summary>
    internal nint Handle => _group;

    internal nint BeginAdd(Tensor tensor)
    {
        Bytes += tensor.Count * tensor.ElementSize;
        Check(Native.graft_group_add(_group, tensor, out nint work));
        return work;
    }

    internal void Finish(nint work)
    {
        _waiting.Start();
        int done = 0;
        while (done == 0)
        {
            Check(Native.graft_work_wait(work, (long)Slice.TotalMilliseconds, out done));
            if (done == 0 && _failure is { } failure)
            {
                throw failure.ToException();                 // the work is not freed: its threads wait for a lost process
            }
        }

        _waiting.Stop();
        Native.graft_work_free(work);
    }

    /// <summary>The reason of an error: a broken connection is the failure or the loss of a process, which the monitor finds out.</summary>
    /// <param name="error">What this process met.</param>
    public GraftException Explain(GraftException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        bool broken = error.Failure == Graft.Failure.Runtime && error.Message.Contains(GlooFile, StringComparison.Ordinal);
        for (Stopwatch watch = Stopwatch.StartNew(); broken && watch.Elapsed < GroupMonitor.Silence + FarewellLimit; Thread.Sleep(Slice))
        {
            if (_failure is { } failure)
            {
                return failure.ToException();
            }
        }

        return error;
    }

    private void Check(int status)
    {
        if (status != 0)
        {
            throw Explain(new GraftException(Graft.Failure.Runtime, $"Rank {Rank} cannot go on: {Marshal.PtrToStringUTF8(Native.graft_last_error())}", "Start all ranks again."));
        }
    }

    private void Stop(GroupFailure failure)
    {
        _failure ??= failure;
        Stopped?.Invoke(failure);
    }

    /// <summary>Says goodbye; rank 0 waits for that of the others, as the store ends with it.</summary>
    private void Farewell()
    {
        try
        {
            _store.Set($"left/{Rank}", "");
            bool failed = _failure is not null;
            Stopwatch watch = Stopwatch.StartNew();
            while (Leads && !Place.LauncherServes && Enumerable.Range(1, Size - 1).Any(rank => rank != _failure?.Rank && _store.Text($"left/{rank}") is null)
                && (failed ? watch.Elapsed < FarewellLimit : _failure is null))
            {
                Thread.Sleep(Slice / 2);
            }
        }
        catch (GraftException)
        {
            // The store is gone, and with it everyone who would wait.
        }
    }
}
