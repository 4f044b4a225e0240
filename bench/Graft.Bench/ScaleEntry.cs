using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Graft.Bench;

/// <summary>Two processes on this machine beside one process with all its threads, in turn; and what a model predicts for many machines.</summary>
internal static class ScaleEntry
{
    /// <summary>Most ranks whose norms exchange directly, as in native/src/processes.cpp.</summary>
    private const int MostPairs = 8;

    private static readonly (string Name, double BytesPerSecond, double Seconds)[] Networks = [("1 Gbit/s, 0.2 ms", 117e6, 2e-4), ("10 Gbit/s, 0.05 ms", 1170e6, 5e-5)];
    private static readonly string[] Configs = ["adapt/early", "start/adapt"];

    internal static int Run(Settings settings)
    {
        int rounds = settings.Integer("rounds", 3), epochs = settings.Integer("epochs", 2), batch = settings.Integer("batch", 16);
        string data = settings.Text("data", Path.Combine(Shared.Checkout, "..", "shared", "data", "deeppcb-mini"));
        settings.Finish();
        using TemporaryFolder folder = new();
        foreach (string config in Configs)
        {
            string[] words =
            [
                "train", config, "--base", "base", "--data", data, "--work-dir", folder.At("run"), "--overwrite", "--json", "imgsz=320", $"batch={batch}", $"epochs={epochs}",
                $"train.val_interval={epochs}", "train.close_mosaic=0", "train.tensorboard=false",
            ];
            List<double> one = [], two = [];
            JsonElement ranks = default;
            for (int round = 0; round < rounds; round++)
            {
                one.Add(Train(words).GetProperty("images_per_second").GetDouble());
                JsonElement together = Train(["launch", "--nproc", "2", "--", .. words]);
                two.Add(together.GetProperty("images_per_second").GetDouble());
                ranks = together.GetProperty("ranks");
            }

            Print(config, batch, one, two, ranks);
        }

        return 0;
    }

    private static JsonElement Train(string[] words)
    {
        string program = Path.Combine(Shared.Checkout, "artifacts", "bin", "Graft.Cli", "release", "Graft.Cli.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonDocument.Parse(output).RootElement : throw new GraftException(Failure.Runtime, $"graft {string.Join(' ', words)}: {errors.Result}");
    }

    private static void Print(string config, int batch, List<double> one, List<double> two, JsonElement ranks)
    {
        long bytes = ranks.GetProperty("bytes_per_step").GetInt64();
        int messages = ranks.GetProperty("messages_per_step").GetInt32(), norms = ranks.GetProperty("synchronised_norms").GetInt32();
        Say($"{config}: one process {Listed(one)} images/s; two ranks {Listed(two)} images/s; ratio {Listed([.. two.Zip(one, (b, a) => b / a)])}");
        Say($"  {bytes / 1e6:0.00} MB per step and rank in {messages} message(s), {norms} synchronised norms, {1000 * ranks.GetProperty("wait_seconds_per_step").GetDouble():0.0} ms of a step waiting");
        double step = batch / one.Order().ElementAt(one.Count / 2);
        Say($"  prediction, {batch} images per machine and step, {1000 * step:0} ms of computing:");
        foreach ((string name, double rate, double latency) in Networks)
        {
            foreach (int machines in new[] { 2, 10, 100 })
            {
                double gradients = (2.0 * (machines - 1) / machines * bytes / rate) + (2 * (machines - 1) * latency * messages);
                double sync = 2 * norms * latency * (machines <= MostPairs ? 1 : machines - 1);
                double together = step + gradients + sync;
                Say($"    {name}: {machines} machines, {1000 * together:0} ms per step ({1000 * gradients:0} gradients, {1000 * sync:0} norms), {machines * batch / together:0} images/s, {step / together:p0} of {machines} times one");
            }
        }
    }

    private static string Listed(IReadOnlyList<double> values) => string.Join(", ", values.Select(value => value.ToString("0.00", CultureInfo.InvariantCulture)));

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
