using System.Text;
using System.Text.Json;
using Graft.Files;
using Graft.Torch.Distributed;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>Processes train together only with the same settings, data, program and weights.</summary>
internal static class RankAgreement
{
    /// <summary>Settings that may differ between machines: where files are, and how many threads read them. The splits are compared by content.</summary>
    private static readonly string[] Free = ["data.root", "data.train", "data.val", "data.train_images", "data.val_images", "train.workers", "train.feature_cache_dir"];

    /// <summary>What a process trains.</summary>
    /// <param name="Run">Settings, data and program.</param>
    /// <param name="Weights">Hash of all weights.</param>
    /// <param name="Step">Steps that are done.</param>
    private sealed record Task(RunRecord Run, string Weights, long Step);

    /// <summary>Compares all processes with rank 0.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="record">Settings, data and program of this one.</param>
    /// <param name="network">Its network, with the weights that training starts from.</param>
    /// <param name="step">Steps that are done.</param>
    /// <exception cref="GraftException">Of kind Refused: a process differs; the message names it and the difference.</exception>
    internal static void Require(ProcessGroup group, RunRecord record, Module network, long step)
    {
        string weights = StateHash.Of(network.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)), StateHashHeading.NameTypeShape);
        Task[] all = [.. group.Gather(JsonSerializer.SerializeToUtf8Bytes(new Task(record, weights, step))).Select(bytes => JsonSerializer.Deserialize<Task>(bytes)!)];
        string[] different = [.. all.Skip(1).Select((task, i) => (Rank: i + 1, Changes: Differences(all[0], task))).Where(found => found.Changes.Length > 0)
            .Select(found => $"rank {found.Rank} ({group.Members[found.Rank].Name}): {string.Join("; ", found.Changes)}")];
        if (different.Length > 0)
        {
            throw new GraftException(
                Failure.Refused, $"The ranks do not agree; against rank 0, {string.Join(". ", different)}.", "Start every rank with the same command, data, base and build of Graft.");
        }
    }

    /// <summary>Checks that a text is the same on all processes.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="text">Of this one.</param>
    /// <param name="what">What is wrong if not, after "The ranks".</param>
    /// <param name="hint">What to do about it.</param>
    /// <exception cref="GraftException">Of kind Refused: it differs.</exception>
    internal static void RequireSame(ProcessGroup group, string text, string what, string hint)
    {
        byte[][] all = group.Gather(Encoding.UTF8.GetBytes(text));
        int[] others = [.. Enumerable.Range(1, group.Size - 1).Where(rank => !all[rank].AsSpan().SequenceEqual(all[0]))];
        if (others.Length > 0)
        {
            throw new GraftException(Failure.Refused, $"The ranks {what}: {string.Join(", ", others.Select(rank => $"rank {rank} ({group.Members[rank].Name})"))} and rank 0.", hint);
        }
    }

    private static string[] Differences(Task first, Task other)
    {
        (RunRecord before, RunRecord now) = (first.Run, other.Run);
        string[] named =
        [
            .. before.Changes(now).Where(change => !Free.Contains(change.Key)).Select(change => $"{change.Key} {change.Before} -> {change.Now}"),
            .. before.Classes.SequenceEqual(now.Classes) ? [] : new[] { $"classes {string.Join(", ", before.Classes)} -> {string.Join(", ", now.Classes)}" },
            .. before.Train!.Change(now.Train!) is { } train ? [$"training split {train}"] : Array.Empty<string>(),
            .. before.Val!.Change(now.Val!) is { } val ? [$"validation split {val}"] : Array.Empty<string>(),
            .. before.Revision == now.Revision ? [] : new[] { $"Graft {before.Revision} -> {now.Revision}" },
            .. before.Libraries == now.Libraries ? [] : new[] { $"{before.Libraries} -> {now.Libraries}" },
            .. first.Step == other.Step ? [] : new[] { FormattableString.Invariant($"step {first.Step} -> {other.Step}") },
        ];
        return named.Length > 0 || first.Weights == other.Weights ? named : ["other weights"];
    }
}
