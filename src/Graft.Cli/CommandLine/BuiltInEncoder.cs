using Graft.MiniLm;
using Graft.Runs;

namespace Graft.Cli.CommandLine;

/// <summary>The text encoder that the program has inside.</summary>
internal static class BuiltInEncoder
{
    /// <summary>Its name, for <c>--text-model</c> and <c>text.model</c>.</summary>
    internal static string Name => MiniLmEncoder.Identity.Name;

    /// <summary>Lets every command find it by name, and by the models that were trained with it.</summary>
    internal static void Register() => TextEncoders.Register(MiniLmEncoder.Identity, () => new MiniLmEncoder());
}
