using System.Security.Cryptography;
using Graft.Files;
using Graft.Testing;

namespace Graft.Tests.Models;

/// <summary>The committed goldens stand in for the shared data, so that parity is tested in every checkout.</summary>
[SideBySide]
public class GoldenDataTests
{
    [Fact]
    public void WithoutTheSharedData_TheCommittedSelectionIsFound()
    {
        using TemporaryFolder elsewhere = new();
        foreach (string? shared in new[] { null, elsewhere.Path })
        {
            Assert.Equal(Shared.Golden("yoloworld", "a_v2_model", "checkpoint.pth"), GoldenData.FindBelow(shared, "yoloworld", "a_v2_model", "checkpoint.pth"));
            Assert.Equal(Shared.Golden("yoloworld", "f_train_step", "gradients.npz"), GoldenData.FindBelow(shared, "yoloworld", "f_train_step", "gradients.npz"));
            Assert.Null(GoldenData.FindBelow(shared, "yoloworld", "no_such_model"));
        }
    }

    [Fact]
    public void SharedData_IsPreferred()
    {
        using TemporaryFolder elsewhere = new();
        string complete = elsewhere.Write("golden/yoloworld/a_v2_model/checkpoint.pth", "complete");
        Assert.Equal(complete, GoldenData.FindBelow(elsewhere.Path, "yoloworld", "a_v2_model", "checkpoint.pth"));
    }

    [Fact]
    public void CommittedGoldens_StaySmall()
        => Assert.InRange(Directory.EnumerateFiles(Shared.Golden(), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, 10 << 20);

    [SharedFact]
    public void CommittedFiles_AreThoseOfTheSharedData()
    {
        string folder = Shared.Golden("yoloworld");
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("gradients.npz", StringComparison.Ordinal)))
        {
            string original = Shared.PathOf("golden", "yoloworld", Path.GetRelativePath(folder, file));
            Assert.Equal(SHA256.HashData(File.ReadAllBytes(original)), SHA256.HashData(File.ReadAllBytes(file)));
        }

        using WeightFile all = WeightFile.Open(Shared.PathOf("golden", "yoloworld", "f_train_step", "gradients.npz"));
        using WeightFile some = WeightFile.Open(Shared.Golden("yoloworld", "f_train_step", "gradients.npz"));
        Assert.InRange(some.Entries.Count, 40, all.Entries.Count - 1);
        Assert.All(some.Entries, entry => Assert.Equal(all[entry.Name].ToSingles(), entry.ToSingles()));
    }
}
