using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Several adapter files on one base: one model in memory, adapters switched between images.</summary>
public sealed class AdapterSet : IDisposable
{
    private readonly Module _model;
    private readonly Dictionary<string, Member> _members = [];
    private Member? _active;

    /// <summary>Opens a base without adapters and computes its hash once.</summary>
    /// <exception cref="GraftException">Of kind Usage when something is attached to the model already.</exception>
    public AdapterSet(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Modules().FirstOrDefault(found => found.Module.Follower is Adapter) is { Module: not null } found)
        {
            throw new GraftException(
                Failure.Usage, $"The model holds an adapter already, at {found.Path}; an adapter file goes onto the plain base.", "Give the base that the adapter was trained on.");
        }

        _model = model;
        BaseHash = Graft.Adapters.BaseHash.Of(model);
    }

    /// <summary>The base, see <see cref="Graft.Adapters.BaseHash"/>.</summary>
    public string BaseHash { get; }

    /// <summary>Names of the loaded adapters.</summary>
    public IReadOnlyCollection<string> Names => _members.Keys;

    /// <summary>Name of the active adapter; null: the plain base.</summary>
    public string? Active { get; private set; }

    /// <summary>The vocabulary of the active adapter; null for the plain base or when the file has none.</summary>
    public Vocabulary? Vocabulary => _active?.Vocabulary;

    /// <summary>Loads a file under a name without activating it.</summary>
    /// <exception cref="GraftException">Of kind Model: it belongs to another base, or does not fit; the set stays as it was.</exception>
    public void Load(string name, string path)
    {
        using AdapterFile file = AdapterFile.Open(path);
        Add(name, file);
    }

    /// <summary>Adds contents under a name; they are copied.</summary>
    /// <exception cref="GraftException">Of kind Model: another base, or weights that do not fit.</exception>
    public void Add(string name, AdapterFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        RequireBase(file);
        if (_members.ContainsKey(name))
        {
            throw new GraftException(Failure.Usage, $"There is an adapter '{name}' already.", "Remove it first, or choose another name.");
        }

        string? active = Active;
        Use(null);
        try
        {
            Member member = Member.Build(_model, file);
            member.PutIn();
            _model.NamePaths();
            member.TakeOut();
            _members.Add(name, member);
        }
        finally
        {
            Use(active);
        }
    }

    /// <summary>Removes an adapter from the set and disposes it.</summary>
    public void Remove(string name)
    {
        if (Active == name)
        {
            Use(null);
        }

        if (_members.Remove(name, out Member? member))
        {
            member.Dispose();       // its containers may be those of others; Dispose closes all
        }
    }

    /// <summary>Activates an adapter instead of the current one.</summary>
    /// <param name="name">Its name; null for the plain base.</param>
    /// <param name="strength">Share of the adapters' change, 0 to 1; unfrozen weights are always those of the file.</param>
    /// <exception cref="GraftException">Of kind Usage: there is none of this name, or the strength is outside 0 to 1; nothing changes.</exception>
    public void Use(string? name, double strength = 1)
    {
        Adapter.RequireStrength(strength);
        Member? next = null;
        if (name is not null && !_members.TryGetValue(name, out next))
        {
            throw new GraftException(
                Failure.Usage, $"There is no adapter '{name}'.",
                Nearest.Suggestion(name, _members.Keys) ?? $"Loaded: {string.Join(", ", _members.Keys)}.");
        }

        if (!ReferenceEquals(next, _active))
        {
            _active?.TakeOut();
            next?.PutIn();
            (_active, Active) = (next, name);
        }

        next?.SetStrength(strength);
    }

    /// <summary>Disposes all adapters; the model is the plain base again.</summary>
    public void Dispose()
    {
        Use(null);
        foreach (Member member in _members.Values)
        {
            member.Dispose();
            member.Close(_model);
        }

        _members.Clear();
    }

    private void RequireBase(AdapterFile file)
    {
        if (file.BaseHash != BaseHash)
        {
            throw new GraftException(
                Failure.Model,
                $"{file.Name} was trained on the base {file.BaseHash[..Math.Min(12, file.BaseHash.Length)]}, this model is {BaseHash[..12]}.",
                "Load the base that it was trained on; an adapter fits only its own base.");
        }
    }

    private sealed class Member : IDisposable
    {
        private readonly List<(Module Host, Module Parent, string Name, Adapter Adapter)> _adapters = [];
        private readonly List<(Parameter Target, Tensor Value)> _weights = [];
        private readonly List<string> _paths = [];

        internal Vocabulary? Vocabulary { get; private init; }

        internal static Member Build(Module model, AdapterFile file)
        {
            Member member = new() { Vocabulary = file.Vocabulary };
            try
            {
                Dictionary<string, Parameter> base_ = model.State().ToDictionary(entry => entry.Name, entry => entry.Parameter);
                HashSet<string> left = [.. file.Weights.Keys];
                foreach (StoredAdapter stored in file.Adapters)
                {
                    member.AddAdapter(model, file, stored, left);
                }

                foreach (string name in left)
                {
                    member.AddWeight(file, name, base_.GetValueOrDefault(name));
                }

                return member;
            }
            catch
            {
                member.Dispose();
                throw;
            }
        }

        internal void PutIn()
        {
            foreach ((Module host, Module parent, string name, Adapter adapter) in _adapters)
            {
                parent.Add(name, adapter);
                host.Follower = adapter;
            }

            ExchangeWeights();
        }

        internal void TakeOut()
        {
            foreach ((Module host, Module parent, string name, _) in _adapters)
            {
                host.Follower = null;
                parent.Remove(name);
            }

            ExchangeWeights();
        }

        internal void SetStrength(double strength) => _adapters.ForEach(entry => entry.Adapter.Strength = strength);

        internal void Close(Module model) => _paths.ForEach(path => AdapterContainers.Close(model, path));

        public void Dispose()
        {
            _adapters.ForEach(entry => entry.Adapter.Dispose());
            _weights.ForEach(entry => entry.Value.Dispose());
        }

        private void AddAdapter(Module model, AdapterFile file, StoredAdapter stored, HashSet<string> left)
        {
            Module host = model.Find(stored.Site.ModulePath)
                ?? throw new GraftException(Failure.Model, $"{file.Name}: the model has no layer {stored.Site.ModulePath}.");
            if (!host.TakesFollower)
            {
                throw new GraftException(
                    Failure.Model, $"{file.Name} holds an adapter behind {stored.Site.ModulePath}, which has several output maps; an adapter needs a layer with one.",
                    "The file was changed, or it belongs to another model: write it again by training.");
            }

            Adapter adapter = file.Build(stored);
            (Module parent, string name) = AdapterContainers.Open(model, stored.Site.ContainerPath);
            _adapters.Add((host, parent, name, adapter));
            _paths.Add(stored.Site.ContainerPath);
            left.ExceptWith(adapter.StateDict().Select(entry => $"{stored.Site.ContainerPath}.{entry.Name}"));
            Parameter? kernel = model.Parameters().Select(entry => entry.Parameter)
                .FirstOrDefault(parameter => parameter.Value is { Rank: 4 } weight && weight.Size(2) > 1);
            if (kernel is { Value: var like })
            {
                adapter.To(like.DType);
                adapter.To(Format(like));
            }
        }

        private void AddWeight(AdapterFile file, string name, Parameter? target)
        {
            if (target is null)
            {
                throw new GraftException(Failure.Model, $"{file.Name} holds {name}, which the model does not have.");
            }

            Tensor like = target.Value, value = file.Weights[name];
            file.RequireShape(name, value, like);
            using NoGrad off = NoGrad.Begin();
            using TensorScope scope = TensorScope.Begin();
            Tensor copy = value.To(like.DType).Clone();
            copy = (like.Rank == 4 ? copy.To(Format(like)) : copy).Unscoped();
            copy.RequiresGrad = like.RequiresGrad;
            _weights.Add((target, copy));
        }

        private void ExchangeWeights()
        {
            for (int i = 0; i < _weights.Count; i++)
            {
                (Parameter target, Tensor value) = _weights[i];
                _weights[i] = (target, target.Exchange(value));
            }
        }

        private static MemoryFormat Format(Tensor like)
            => !like.IsContiguous() && like.IsContiguous(MemoryFormat.ChannelsLast) ? MemoryFormat.ChannelsLast : MemoryFormat.Contiguous;
    }
}
