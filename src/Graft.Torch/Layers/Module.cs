using System.Diagnostics.CodeAnalysis;

namespace Graft.Torch.Layers;

/// <summary>A part of a network: named parameters and named child modules.</summary>
public abstract class Module : IDisposable
{
    private readonly List<Parameter> _own = [];
    private readonly List<KeyValuePair<string, Module>> _children = [];
    private Layer? _follower;
    private string _path = "";

    /// <summary>Whether the module behaves as in training (batch statistics, dropout).</summary>
    public bool Training { get; private set; }

    /// <summary>Whether <see cref="Train"/> leaves the module in evaluation mode: frozen statistics stay frozen.</summary>
    public bool Frozen { get; private set; }

    /// <summary>Whether nothing of this module and all below it is trained, statistics included.</summary>
    public bool IsFrozen => Modules().All(found => found.Module.Frozen && found.Module._own.All(parameter => !parameter.Trainable));

    /// <summary>Dotted path below the root whose <see cref="NamePaths"/> ran last; the name that reports use.</summary>
    public string Path => _path;

    /// <summary>Whether a <see cref="Follower"/> can be attached: only where the module's output is one tensor.</summary>
    public virtual bool TakesFollower => false;

    /// <summary>A layer that is applied to this module's output: how an adapter is attached from outside.</summary>
    /// <exception cref="GraftException">The module's output is not one tensor.</exception>
    public Layer? Follower
    {
        get => _follower;
        set => _follower = value is null || TakesFollower ? value : throw new GraftException(
            Failure.Usage, $"Nothing can be attached behind {(Path.Length == 0 ? "this module" : Path)}: its output is not one tensor.",
            "Attach it behind a layer inside.");
    }

    /// <summary>The child modules, in the order in which they were added.</summary>
    public IReadOnlyList<KeyValuePair<string, Module>> Children => _children;

    /// <summary>The module's own parameters and buffers, without those of its children.</summary>
    public IReadOnlyList<Parameter> Own => _own;

    /// <summary>This module and all below it, with dotted paths ("" for this one), parents first.</summary>
    public IEnumerable<(string Path, Module Module)> Modules(string prefix = "")
    {
        yield return (prefix, this);
        foreach ((string name, Module child) in _children)
        {
            foreach ((string Path, Module Module) below in child.Modules(Join(prefix, name)))
            {
                yield return below;
            }
        }
    }

    /// <summary>All parameters and buffers with dotted names: the module's own parameters, its own buffers, then its children's.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> State()
        => Modules().SelectMany(found => found.Module._own
            .OrderBy(parameter => parameter.IsBuffer)
            .Select(parameter => (Join(found.Path, parameter.Name), parameter)));

    /// <summary>The parameters with dotted names, without buffers.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Parameters() => State().Where(entry => !entry.Parameter.IsBuffer);

    /// <summary>The entries that a checkpoint holds.</summary>
    public IEnumerable<(string Name, Tensor Value)> StateDict()
        => State().Where(entry => entry.Parameter.IsPersistent).Select(entry => (entry.Name, entry.Parameter.Value));

    /// <summary>Number of parameter values, trainable or frozen.</summary>
    public long ParameterCount => Parameters().Sum(entry => entry.Parameter.Value.Count);

    /// <summary>Number of trainable parameter values.</summary>
    public long TrainableCount => Parameters().Where(entry => entry.Parameter.Trainable).Sum(entry => entry.Parameter.Value.Count);

    /// <summary>Finds a module by its dotted path; null when there is none.</summary>
    public Module? Find(string path) => Modules().FirstOrDefault(found => found.Path == path).Module;

    /// <summary>Switches training behaviour on or off, except where a module is frozen.</summary>
    public void Train(bool training = true)
    {
        foreach ((_, Module module) in Modules())
        {
            module.Training = training && !module.Frozen;
        }
    }

    /// <summary>Freezes this module and all below it: no gradients, and statistics stay fixed.</summary>
    public void Freeze() => SetFrozen(true);

    /// <summary>Makes this module and all below it trainable.</summary>
    public void Unfreeze() => SetFrozen(false);

    /// <summary>Converts all floating-point parameters and buffers.</summary>
    public void To(DType type) => Convert(value => value.To(type));

    /// <summary>Moves all parameters and buffers to a device.</summary>
    public void To(string device) => Convert(value => value.To(device), all: true);

    /// <summary>Changes the memory format of parameters with four axes; <see cref="MemoryFormat.ChannelsLast"/> is the fastest on a
    /// CPU.</summary>
    public void To(MemoryFormat format) => Convert(value => value.Rank == 4 ? value.To(format) : value);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Module module) in Modules().ToArray())
        {
            module._own.ForEach(parameter => parameter.Dispose());
            module.Release();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Adds a child module under a name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public T Add<T>(string name, T child)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(child);
        RequireFree(name);
        _children.Add(new(name, child));
        return child;
    }

    /// <summary>Removes a child module without disposing it; false when there is none of that name.</summary>
    public bool Remove(string name) => _children.RemoveAll(child => child.Key == name) > 0;

    /// <summary>Frees resources of the module other than its parameters.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>Adds a trainable parameter under a name.</summary>
    protected Parameter AddParameter(string name, Tensor value)
    {
        Parameter parameter = new(name, value, isBuffer: false, isPersistent: true);
        RequireFree(name);
        _own.Add(parameter);
        parameter.Trainable = true;
        return parameter;
    }

    /// <summary>Adds state that is not trained.</summary>
    protected Parameter AddBuffer(string name, Tensor value, bool persistent = true)
    {
        RequireFree(name);
        Parameter parameter = new(name, value, isBuffer: true, persistent);
        _own.Add(parameter);
        return parameter;
    }

    /// <summary>Notifies an active recorder that this module starts; <see cref="RecordedCall.End"/> tells that it has ended.</summary>
    protected RecordedCall Record() => new(this);

    /// <summary>Sets the paths that recorders report; call it when the module tree is complete.</summary>
    public void NamePaths()
    {
        foreach ((string path, Module module) in Modules())
        {
            module._path = path;
        }
    }

    /// <summary>The dotted path of a name below a path; at the root, the name itself.</summary>
    public static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    private void RequireFree(string name)
    {
        if (_own.Any(parameter => parameter.Name == name) || _children.Any(child => child.Key == name))
        {
            throw new ArgumentException($"The name '{name}' is taken in {GetType().Name}.", nameof(name));
        }
    }

    /// <summary>Freezes or unfreezes this module's own parameters and statistics, not those below it.</summary>
    public void SetOwnFrozen(bool frozen)
    {
        Frozen = frozen;
        Training &= !frozen;
        foreach (Parameter parameter in _own.Where(parameter => !parameter.IsBuffer))
        {
            parameter.Trainable = !frozen;
        }
    }

    private void SetFrozen(bool frozen)
    {
        foreach ((_, Module module) in Modules())
        {
            module.SetOwnFrozen(frozen);
        }
    }

    private void Convert(Func<Tensor, Tensor> change, bool all = false)
    {
        using NoGrad off = NoGrad.Begin();
        foreach ((_, Parameter parameter) in State())
        {
            if (!all && parameter.Value.DType is not (DType.Float or DType.Double or DType.Half or DType.BFloat16))
            {
                continue;
            }

            using TensorScope scope = TensorScope.Begin();
            Tensor changed = change(parameter.Value);
            if (!ReferenceEquals(changed, parameter.Value))
            {
                parameter.Reset(scope.Keep(changed.Detach()));
            }
        }
    }

    /// <summary>One run of a module, as recorders see it.</summary>
    [SuppressMessage("Performance", "CA1815", Justification = "Runs are never compared.")]
    protected readonly struct RecordedCall
    {
        private readonly Module _module;
        private readonly OperationRecorder? _recorder;

        internal RecordedCall(Module module)
        {
            _module = module;
            _recorder = OperationRecorder.Active;
            _recorder?.Enter(module._path);
        }

        /// <summary>Tells the output that a follower reads.</summary>
        internal void BeforeFollower(Tensor output) => _recorder?.BeforeFollower(output);

        /// <summary>Ends the run.</summary>
        /// <param name="output">Its result; of several outputs, the one that reports show.</param>
        public void End(Tensor output) => _recorder?.Leave(_module, output);
    }
}
