using System.Text;

namespace Graft.Cli.Tests.Commands;

/// <summary>Ctrl+C and SIGTERM in commands that do not stop in order.</summary>
public sealed class InterruptionTests
{
    private const long Bytes = 1L << 28;

    [Theory]
    [InlineData("INT", 130, "Ctrl+C")]
    [InlineData("TERM", 143, "SIGTERM")]
    public void CommandThatWrites_EndsWithALineAndNoHalfWrittenFile(string signal, int code, string name)
    {
        using TemporaryFolder folder = new();
        string large = Sparse(folder.At("base.safetensors")), merged = folder.At("merged.safetensors");
        string adapter = Shared.Golden("peft", "units", "linear", "adapter");
        using RunningCli running = GraftCli.Begin("peft", "merge", large, adapter, "--out", merged);
        running.WaitUntil(_ => File.Exists(merged + ".partial"));
        running.Signal(signal);
        GraftCli.Result result = running.Finish().Ends(code);
        Assert.Equal($"graft: {name} stopped graft peft merge; no file is half-written.", result.Errors.Trim());
        Assert.Equal([large], Directory.GetFiles(folder.Path));
    }

    /// <summary>The base of the adapter with a large tensor of zeros beside, which takes no room on the disk.</summary>
    private static string Sparse(string path)
    {
        byte[] unit = File.ReadAllBytes(Shared.Golden("peft", "units", "linear", "base.safetensors"));
        int length = (int)BitConverter.ToInt64(unit), data = unit.Length - 8 - length;
        string header = Encoding.UTF8.GetString(unit, 8, length).TrimEnd()[..^1]
            + $",\"large\":{{\"dtype\":\"F32\",\"shape\":[{Bytes / 4}],\"data_offsets\":[{data},{data + Bytes}]}}}}";
        using FileStream stream = File.Create(path);
        stream.Write(BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)));
        stream.Write(Encoding.UTF8.GetBytes(header));
        stream.Write(unit.AsSpan(8 + length));
        stream.SetLength(stream.Length + Bytes);
        return path;
    }
}
