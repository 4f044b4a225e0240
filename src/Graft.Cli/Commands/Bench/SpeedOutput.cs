using System.Text.Json.Nodes;
using Graft.Benchmarks;
using Graft.Cli.Rendering;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>Shows one measured speed.</summary>
internal static class SpeedOutput
{
    internal static void Print(string what, Bench.Speed speed, Output output)
    {
        output.Table(
            ["", "ms", "GFLOP", "GFLOP/s", "peak", "share", "images/s"],
            [[what, $"{speed.Milliseconds:f1}", $"{speed.Gflops:f1}", $"{speed.Rate:f0}", $"{speed.Peak:f0}", $"{100 * speed.Share:f1} %", $"{speed.ImagesPerSecond:f1}"]]);
        output.Result(new JsonObject
        {
            ["peak_gflops"] = speed.Peak,
            ["gflops"] = speed.Gflops,
            ["share_of_peak"] = speed.Share,
            ["ms"] = speed.Milliseconds,
            ["images_per_second"] = speed.ImagesPerSecond,
            ["threads"] = TorchRuntime.Threads,
        });
    }
}
