using System.Globalization;
using System.Text.Json;

namespace Graft.Torch.Distributed;

/// <summary>One process of a group.</summary>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Host">Name of its machine.</param>
/// <param name="Process">Its process id.</param>
/// <param name="Address">The address at which the others reach it.</param>
public sealed record GroupMember(int Rank, string Host, int Process, string Address)
{
    /// <summary>Reads like "line-pc-3, process 4242".</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Host}, process {Process}");

    internal static GroupMember? FromJson(string? text) => text is null ? null : JsonSerializer.Deserialize<GroupMember>(text);

    internal string ToJson() => JsonSerializer.Serialize(this);
}
