using System.Diagnostics;
using System.Text.Json;

namespace Graft.Cli.Tests;

/// <summary>Runs the real command line in a process of its own, as a user would.</summary>
internal static class GraftCli
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Graft.Cli.dll");

    /// <summary>The result of a command: exit code and both streams.</summary>
    internal sealed record Result(string Command, int ExitCode, string Output, string Errors)
    {
        /// <summary>The one JSON object on stdout.</summary>
        internal JsonElement Json
        {
            get
            {
                Assert.True(Output.StartsWith('{'), $"graft {Command}: no JSON on stdout (exit code {ExitCode}).\n{Output}\n{Errors}");
                return JsonDocument.Parse(Output).RootElement;
            }
        }

        /// <summary>Asserts the exit code, showing everything that was printed when it differs.</summary>
        internal Result Ends(int code)
        {
            Assert.True(ExitCode == code, $"graft {Command}: exit code {ExitCode} instead of {code}.\n{Output}\n{Errors}");
            return this;
        }

        /// <summary>Asserts success.</summary>
        internal Result Succeeds() => Ends(0);

        /// <summary>Asserts a failure with one clear message: the exit code, a line <c>graft: …</c>, words in it, and no stack trace.</summary>
        internal Result Fails(int code, params string[] words)
        {
            Ends(code);
            Assert.Single(Errors.Split('\n'), line => line.StartsWith("graft: ", StringComparison.Ordinal));
            Assert.DoesNotContain("   at ", Errors, StringComparison.Ordinal);
            Assert.All(words, word => Assert.Contains(word, Errors, StringComparison.OrdinalIgnoreCase));
            return this;
        }
    }

    /// <summary>Runs a command to its end.</summary>
    internal static Result Run(params string[] words)
    {
        using RunningCli running = Begin(words);
        return running.Finish();
    }

    /// <summary>Runs a command where the native library, and with it libtorch and OpenCV, is not installed.</summary>
    internal static Result RunWithoutNative(params string[] words)
    {
        using RunningCli running = Begin("env", [$"GRAFT_NATIVE={Path.Combine(AppContext.BaseDirectory, "absent", "libgraft.so")}", "dotnet", Program, .. words], words);
        return running.Finish();
    }

    /// <summary>Runs a command that may only write files of a few kilobytes.</summary>
    internal static Result RunLimited(int fileKilobytes, params string[] words)
    {
        using RunningCli running = Begin("sh", ["-c", $"trap '' XFSZ; ulimit -f {fileKilobytes * 2} && DOTNET_EnableWriteXorExecute=0 exec dotnet \"$@\"", "sh", Program, .. words], words);
        return running.Finish();
    }

    /// <summary>Runs a sample to its end.</summary>
    internal static Result RunSample(string name, params string[] words) => RunSampleIn(null, name, words);

    /// <summary>Runs a sample to its end in a working directory; null: the folder of temporary files.</summary>
    internal static Result RunSampleIn(string? folder, string name, params string[] words)
    {
        using RunningCli running = Begin("dotnet", [Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. words], [name, .. words], folder);
        return running.Finish();
    }

    /// <summary>Starts a command behind another program, such as <c>env NAME=VALUE</c>.</summary>
    internal static RunningCli BeginBehind(string[] program, params string[] words) => Begin(program[0], [.. program[1..], "dotnet", Program, .. words], words);

    /// <summary>Starts a command that the test waits for or stops.</summary>
    internal static RunningCli Begin(params string[] words) => Begin("dotnet", [Program, .. words], words);

    private static RunningCli Begin(string program, string[] arguments, string[] words, string? folder = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        return new RunningCli(Process.Start(start)!, string.Join(' ', words));
    }
}
