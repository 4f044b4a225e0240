using System.Diagnostics;

namespace Graft.Torch.Distributed;

/// <summary>Notices when a rank of a group fails or is lost: every rank counts up a key of the store; rank 0 reads all of them, the others that of
/// rank 0.</summary>
/// <remarks>A connection over a dead link blocks for ever, so a second thread watches the one that asks.</remarks>
internal sealed class GroupMonitor : IDisposable
{
    /// <summary>A rank that has not counted for so long is lost.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly ProcessRank _place;
    private readonly IReadOnlyList<string> _names;
    private readonly KeyValueStore _store;
    private readonly Action<GroupFailure> _failed;
    private readonly Thread _asking;
    private readonly Timer _watching;
    private readonly (long Count, long At)[] _seen;
    private long _answered = Stopwatch.GetTimestamp();
    private volatile bool _ends;

    /// <summary>Begins to watch.</summary>
    /// <param name="place">Rank and size.</param>
    /// <param name="names">Host and process of each rank.</param>
    /// <param name="store">A connection of its own.</param>
    /// <param name="failed">Called once, on another thread.</param>
    internal GroupMonitor(ProcessRank place, IReadOnlyList<string> names, KeyValueStore store, Action<GroupFailure> failed)
    {
        (_place, _names, _store, _failed) = (place, names, store, failed);
        _seen = [.. names.Select(_ => (-1L, Stopwatch.GetTimestamp()))];
        _asking = new Thread(Ask) { IsBackground = true, Name = "group monitor" };
        _asking.Start();
        _watching = new Timer(_ => Watch(), null, Interval, Interval);
    }

    /// <summary>Ends without closing a connection that waits for an answer.</summary>
    public void Dispose()
    {
        _ends = true;
        _watching.Dispose();
        if (_asking.Join(Interval * 3))
        {
            _store.Dispose();
        }
        else
        {
            _store.Abandon();
        }
    }

    private void Ask()
    {
        try
        {
            while (!_ends)
            {
                _store.Add($"beat/{_place.Rank}", 1);
                GroupFailure? failure = GroupFailure.FromJson(_store.Text(GroupFailure.Key)) ?? Silent();
                Volatile.Write(ref _answered, Stopwatch.GetTimestamp());
                if (failure is not null)
                {
                    Report(failure);
                    return;
                }

                Thread.Sleep(Interval);
            }
        }
        catch (GraftException)
        {
            Report(LostStore(TimeSpan.Zero));
        }
    }

    /// <summary>The first rank that has stopped counting; null: none.</summary>
    private GroupFailure? Silent()
    {
        foreach (int rank in _place.Rank == 0 ? Enumerable.Range(1, _place.Size - 1) : [0])
        {
            long count = _store.Add($"beat/{rank}", 0), now = Stopwatch.GetTimestamp();
            if (count != _seen[rank].Count)
            {
                _seen[rank] = (count, now);
            }
            else if (Stopwatch.GetElapsedTime(_seen[rank].At, now) is var silence && silence > Silence)
            {
                if (_store.Text($"left/{rank}") is not null)
                {
                    _seen[rank] = (long.MinValue, now);
                    continue;
                }

                GroupFailure lost = GroupFailure.Lost(rank, _names[rank], silence);
                if (_place.Rank == 0)
                {
                    _store.Set(GroupFailure.Key, lost.ToJson());
                }

                return lost;
            }
        }

        return null;
    }

    private void Watch()
    {
        if (!_ends && Stopwatch.GetElapsedTime(Volatile.Read(ref _answered)) is var silence && silence > Silence)
        {
            Report(LostStore(silence));
        }
    }

    /// <summary>Rank 0 serves the store, or its machine does.</summary>
    private GroupFailure LostStore(TimeSpan silence)
    {
        GroupFailure lost = GroupFailure.Lost(0, _names[0], silence);
        return silence > TimeSpan.Zero ? lost : lost with { Message = $"The connection to rank 0 ({_names[0]}) is closed: it ended without a message; all ranks stop." };
    }

    private void Report(GroupFailure failure)
    {
        lock (_seen)
        {
            if (_ends)
            {
                return;
            }

            _ends = true;
        }

        _failed(failure);
    }
}
