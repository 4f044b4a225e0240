using Graft.Runs;

namespace Graft.Cli;

/// <summary><c>--adapter FILE --strength S</c>: an adapter file on the base that a command opened.</summary>
internal static class AdapterChoice
{
    internal static readonly string[] Options = ["adapter=", "strength="];

    internal static void Apply(TrainedModel model, Arguments arguments, bool keepWords)
    {
        if (arguments.Value("adapter") is { } path)
        {
            model.Load(path, path);
            model.Use(path, arguments.Number("strength", 1, 0, 100), keepWords);
        }
        else if (arguments.Has("strength"))
        {
            throw Arguments.Wrong("--strength needs --adapter.");
        }
    }
}
