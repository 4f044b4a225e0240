using System.Text.Json;

namespace Graft.Torch.Distributed;

/// <summary>Why a group of processes stops.</summary>
/// <param name="Rank">The rank that failed or is lost.</param>
/// <param name="Kind">Kind of the failure; it determines the exit code.</param>
/// <param name="Message">What happened.</param>
/// <param name="Hint">What to do about it; null: unknown.</param>
public sealed record GroupFailure(int Rank, Failure Kind, string Message, string? Hint)
{
    /// <summary>The key of the store that holds the first failure.</summary>
    internal const string Key = "failure";

    /// <summary>Whether the rank was lost: it cannot tell the user itself.</summary>
    public bool IsLoss { get; init; }

    /// <summary>The failure of a rank that reports it itself.</summary>
    internal static GroupFailure Of(GroupMember member, GraftException error)
        => new(member.Rank, error.Failure, $"Rank {member.Rank} ({member.Name}): {error.Message}", error.Hint);

    /// <summary>A rank that does not answer.</summary>
    internal static GroupFailure Lost(int rank, string name, TimeSpan silence) => new(
        rank, Failure.Runtime, FormattableString.Invariant($"Rank {rank} ({name}) has not answered for {silence.TotalSeconds:0} s: it ended without a message, or the network to it is down; all ranks stop."),
        "Start all ranks again; graft train --resume RUN continues from the last save, with any number of ranks.")
    {
        IsLoss = true,
    };

    /// <summary>The error that the other ranks throw.</summary>
    public GraftException ToException() => new(Kind, Message, Hint);

    internal static GroupFailure? FromJson(string? text) => text is null ? null : JsonSerializer.Deserialize<GroupFailure>(text);

    internal string ToJson() => JsonSerializer.Serialize(this);
}
