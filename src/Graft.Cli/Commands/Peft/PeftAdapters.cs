using Graft.Peft;

namespace Graft.Cli.Commands;

/// <summary>Adapters of several folders, opened and disposed together.</summary>
internal sealed class PeftAdapters : IDisposable
{
    private readonly List<PeftAdapter> _adapters = [];

    internal IReadOnlyList<PeftAdapter> All => _adapters;

    internal static PeftAdapters Open(IEnumerable<string> folders)
    {
        PeftAdapters result = new();
        try
        {
            foreach (string folder in folders)
            {
                result.Add(PeftAdapter.Open(folder));
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    internal void Add(PeftAdapter adapter) => _adapters.Add(adapter);

    public void Dispose() => _adapters.ForEach(adapter => adapter.Dispose());
}
