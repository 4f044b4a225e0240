using System.Diagnostics;
using System.Text.Json;

namespace Graft.Cli.Tests;

/// <summary>Runs the real command line in a process of its own.</summary>
internal static class GraftCli
{
    internal sealed record Result(int ExitCode, string Output, string Errors)
    {
        internal JsonElement Json => JsonDocument.Parse(Output).RootElement;
    }

    internal static Result Run(params string[] words)
    {
        using Process process = Start(words);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result(process.ExitCode, output, errors.Result);
    }

    internal static Process Start(params string[] words)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Graft.Cli.dll"));
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start)!;
    }
}
