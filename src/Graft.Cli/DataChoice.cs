namespace Graft.Cli;

/// <summary><c>--data DATA</c> for a model that was trained on other data: what its run says about its own is forgotten.</summary>
internal static class DataChoice
{
    internal static IReadOnlyList<string> Of(Arguments arguments)
        => arguments.Value("data") is { } data ? [$"data.root={data}", "data.train=null", "data.val=null", "data.prompts=null"] : [];
}
